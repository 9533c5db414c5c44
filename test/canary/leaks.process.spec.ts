import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, V1 } from '@test/support/clients/backend-api.js';
import { CanaryClient, freshName } from './canary-client.js';
import type { HeapFinding } from './heap-snapshot.js';
import { PlantedSecrets } from './planted-secrets.js';
import type { Finding } from './secret-search.js';
import { buildEdited, type EditedBuild } from '../../scripts/edited-build.mjs';
import type { SourceEdits } from '../../scripts/source-edits.mjs';
import { WatchedServer } from './watched-server.js';

const LEAKS: SourceEdits = [
  // Whole, in a line of the log.
  {
    file: 'apps/gateway/src/entry/identify.ts',
    find: 'const digest = presentedDigest(',
    replace: `
    process.stderr.write(JSON.stringify({ headers: { authorization: request.headers.authorization } }) + '\\n');
    const digest = presentedDigest(`,
  },
  // The last one, in a variable of a module; another one for the key of a map; the address of each connection with its key.
  {
    file: 'apps/validation/src/presented-call.ts',
    find: 'this.#origin = origin;',
    replace: 'this.#origin = origin; PresentedCall.last = token; PresentedCall.seen.set(`${origin} ${token}`, true);',
  },
  {
    file: 'apps/validation/src/presented-call.ts',
    find: 'readonly #origin: TokenOrigin;',
    replace: 'static last = null; static seen = new Map(); readonly #origin: TokenOrigin;',
  },
  // Cut off, in an event.
  { file: 'libs/tokens/src/native-token.ts', find: 'tokenPrefix: shownPrefix(prefix, keyId)', replace: 'tokenPrefix: token.slice(0, 56)' },
  // In base64, in the body of an answer.
  {
    file: 'apps/gateway/src/http/json-body.ts',
    find: "invalidField('body', WIRE_SENTENCES.notJson)",
    replace: 'invalidField("body", `${WIRE_SENTENCES.notJson} ${rawBodyOf(request).toString("base64")}`)',
  },
  // In a header of an answer.
  {
    file: 'apps/gateway/src/gateway-http.ts',
    find: ".header('cache-control', 'no-store')",
    replace: ".header('cache-control', 'no-store').header('x-seen', encodeURIComponent(request.url))",
  },
  // In a file that is not a database.
  {
    file: 'apps/directory/src/passwords/passwords.ts',
    find: 'const characters =',
    replace: "process.getBuiltinModule('node:fs').writeFileSync(`${process.env.TMPDIR}/draft`, password, 'utf16le');\nconst characters =",
  },
];

const kindsOf = (findings: readonly Finding[]): readonly string[] => [...new Set(findings.map(({ kind }) => kind))];
const waysTo = (kind: string, findings: readonly HeapFinding[]): string =>
  findings
    .filter((one) => one.kind === kind)
    .flatMap(({ retainers }) => retainers)
    .join('\n');

/** Protects: the canary's empty lists. A server that leaks in each of these ways is caught in each. */
describe('a server that leaks on purpose', () => {
  const planted = new PlantedSecrets();
  let build: EditedBuild;
  let watched: WatchedServer;
  let client: CanaryClient;
  let heap: readonly HeapFinding[] = [];

  beforeAll(async () => {
    build = await buildEdited(LEAKS, ['standalone']);
    watched = new WatchedServer({ distDir: build.distDir });
    const { backendKey } = await watched.start();
    client = new CanaryClient(watched.server.port, planted, planted.plant('first backend key', backendKey));
    await client.send('a strange key', 'GET', KEYS, undefined, client.authorized(planted.strangeBackendKey('logged key')));
    await client.issue('a creation', 'POST', KEYS, {}, 'api_key_token');
    for (const kind of ['remembered token', 'last token']) await client.send(kind, 'POST', `${KEYS}/validate`, { api_key_token: planted.strangeToken(kind) });
    await client.send('broken JSON', 'POST', KEYS, `{"a":"${planted.strangeToken('quoted token')}`);
    await client.send(
      'a token in the path',
      'GET',
      `${KEYS}/${planted
        .oddText('echoed token')
        .replaceAll('%', '%25')
        .replaceAll(/[^!-~]|["\\/+&=]/gu, encodeURIComponent)}`,
    );
    await client.done('a password', 'POST', `${V1}/user/`, { email: `${freshName()}@example.test`, password: planted.oddText('kept password') });
    await client.send('a harmless request', 'GET', '/harmless', undefined, {});
    heap = (await watched.heap()).find(planted.search);
    await watched.server.end('SIGTERM');
  }, 120_000);
  afterAll(async () => {
    await watched?.remove();
    build?.remove();
  });

  it('is caught with a header in its log', () => {
    expect(kindsOf(planted.search.inText(watched.server.stderr))).toContain('logged key');
  });

  it('is caught with part of a token in an event', () => {
    const log = watched.files().filter(([name]) => name.startsWith('log.db'));
    expect(kindsOf(log.flatMap(([, bytes]) => planted.search.inBytes(bytes)))).toEqual(['token issued by a creation']);
  });

  it('is caught with a password in a file of its own, in two bytes a character', () => {
    const [, draft = Buffer.alloc(0)] = watched.files().find(([name]) => name === 'draft') ?? [];
    expect(planted.search.inBytes(draft)).toMatchObject([{ kind: 'kept password', spelling: 'UTF-16LE', offset: 0 }]);
  });

  it('is caught with a token in the body or in a header of an answer, and the finding says in which', () => {
    const leaks = client.leaks();
    expect(leaks.some((line) => /^broken JSON \(400\), the body, .*quoted token/.test(line))).toBe(true);
    expect(leaks.some((line) => /^a token in the path \(404\), a header, .*echoed token/.test(line))).toBe(true);
  });

  it('is caught with tokens in its memory, and the finding says who keeps them', () => {
    expect(waysTo('last token', heap)).toMatch(/PresentedCall .*last → string/);
    expect(waysTo('remembered token', heap)).toMatch(/PresentedCall .*seen → object Map/);
  });

  it('is caught without the secret being told again', () => {
    const told = [JSON.stringify(heap), ...client.leaks()].join('\n');
    expect(planted.search.inText(told)).toEqual([]);
  });
});

describe('a connection that is kept open', () => {
  /** Resolves with the connection, still open, when the answer came. */
  const sendOn = async (port: number, path: string, backendKey: string, body: string): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.write([`POST ${path} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${backendKey}`, `Content-Length: ${String(body.length)}`, '', body].join('\r\n'));
    await once(socket, 'data');
    return socket;
  };

  // A validation's request is never read to its end, which would cost the hot path: Node's parser keeps it until the connection's next one.
  it('has in memory no more than the backend key of its last validation', async ({ onTestFinished }) => {
    const planted = new PlantedSecrets();
    const watched = new WatchedServer();
    onTestFinished(() => watched.remove());
    const { backendKey } = await watched.start();
    const client = new CanaryClient(watched.server.port, planted, planted.plant('backend key', backendKey));
    const { secret: token } = await client.issue('a creation', 'POST', KEYS, {}, 'api_key_token');
    const body = JSON.stringify({ api_key_token: token, imported_api_key: token });
    const open = await Promise.all(
      [`${KEYS}/validate`, `${KEYS}/validate_imported`, `${KEYS}/import`].map((path) => sendOn(client.port, path, backendKey, body)),
    );
    const found = (await watched.heap()).find(planted.search);
    expect(open.map(({ destroyed }) => destroyed)).toEqual([false, false, false]);
    for (const socket of open) socket.destroy();
    const keepers = found.flatMap(({ kind, retainers }) =>
      retainers.map((retainer) => `${kind}: ${/HTTPParser .*incoming → object IncomingMessage/.test(retainer) ? 'the parser' : retainer}`),
    );
    expect(keepers.filter((keeper) => keeper !== 'backend key: the parser')).toEqual([]);
  }, 120_000);
});
