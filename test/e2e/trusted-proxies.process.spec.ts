import { readdirSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createServiceSecrets } from '@app/secrets';
import { KEYS } from '@test/support/clients/backend-api.js';
import { runBuilt } from '@test/support/servers/built-process.js';
import { pageHeaders } from '@test/support/clients/browser-session.js';
import { FE, PASSWORD, SessionStage } from './session-stage.js';
import { temporaryFolder } from '@test/support/servers/standalone-process.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

type Headers = Readonly<Record<string, string>>;
interface Heard {
  readonly status: number;
  readonly body: string;
}

/** Linux has all of 127.0.0.0/8: two senders that the server can tell apart. */
const PROXY = '127.0.0.2';
const STRANGER = '127.0.0.1';
const LIMIT = 200;
const WRONG_PASSWORDS = 100;
const OTHER_HOST = 'other.example.test';
const JWKS = '/.well-known/jwks.json';

/** Asks until it is refused for asking too often; a count that is shared over Redis begins anew in the process when Redis is late. */
const untilLimited = async (limit: number, ask: (index: number) => Promise<Heard>): Promise<readonly number[]> => {
  const statuses: number[] = [];
  while (statuses.length < 3 * limit && !statuses.includes(429)) {
    const from = statuses.length;
    statuses.push(...(await Promise.all(Array.from({ length: 10 }, (_, index) => ask(from + index)))).map(({ status }) => status));
  }
  return statuses;
};
const expectLimited = (statuses: readonly number[], limit: number): void => {
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(limit);
};

describe.each(gatewayModes)('what a proxy forwards, $name', ({ start }) => {
  let server: TestedServer;
  let stage: SessionStage;
  let gateway: string;
  let authHost: string;

  beforeAll(async () => {
    server = await start({ env: { TRUSTED_PROXIES: ` ${PROXY} , 192.0.2.0/24`, PLATFORM_LIMIT_PER_MINUTE: String(LIMIT) } });
    stage = new SessionStage(server);
    // Past the edge of the four services, which is a proxy itself.
    gateway = stage.origins[0] ?? '';
    authHost = new URL(server.authUrl).host;
    await server.newEnvironment('other', `https://${OTHER_HOST}`);
  }, 180_000);
  afterAll(() => server?.remove());

  const send = async (from: string, path: string, headers: Headers, body?: unknown, origin = gateway): Promise<Heard> => {
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request(origin + path, { method: body === undefined ? 'GET' : 'POST', localAddress: from, agent: false, headers });
      outgoing
        .once('error', reject)
        .once('response', resolve)
        .end(body === undefined ? undefined : JSON.stringify(body));
    });
    return { status: incoming.statusCode ?? 0, body: await text(incoming) };
  };
  /** A holder of the signing keys of the environment says which one a call is in. */
  const environmentAt = async (from: string, headers: Headers): Promise<string> => {
    const { status, body } = await send(from, JWKS, headers);
    return status === 200 ? body : String(status);
  };
  const throughProxy = (client: string): Headers => ({ host: 'internal.proxy', 'x-forwarded-host': authHost, 'x-forwarded-for': client });
  const logIn = (client: string, email: string, password: string): Promise<Heard> =>
    send(PROXY, `${FE}/login`, { ...pageHeaders(authHost), ...throughProxy(client) }, { email, password });
  /** Without a key: counted by address. */
  const ask = async (from: string, headers: Headers): Promise<number> => (await send(from, KEYS, headers)).status;

  it('X-Forwarded-Host names the environment on a connection from the proxy, and nothing on any other', async () => {
    const [first, other] = [await environmentAt(STRANGER, { host: authHost }), await environmentAt(STRANGER, { host: OTHER_HOST })];
    expect([first, other].map((keys) => keys.startsWith('{"keys":['))).toEqual([true, true]);
    expect(first).not.toBe(other);
    const forwarded = (host: string, forwardedHost: string): Headers => ({ host, 'x-forwarded-host': forwardedHost });
    expect(await environmentAt(PROXY, forwarded('internal.proxy', authHost))).toBe(first);
    expect(await environmentAt(PROXY, forwarded(authHost, OTHER_HOST))).toBe(other);
    expect(await environmentAt(PROXY, forwarded('internal.proxy', `${authHost}, ${OTHER_HOST}`))).toBe(other);
    expect(await environmentAt(PROXY, forwarded(authHost, 'nobody.example.test'))).toBe('404');
    expect(await environmentAt(PROXY, { host: authHost })).toBe(first);
    expect(await environmentAt(STRANGER, forwarded('internal.proxy', authHost))).toBe('404');
    expect(await environmentAt(STRANGER, forwarded(authHost, OTHER_HOST))).toBe(first);
  });

  it('X-Forwarded-Proto changes no page, whichever client sends it', async () => {
    for (const from of [PROXY, STRANGER]) {
      for (const proto of ['http', 'https']) {
        const asked = (origin: string): Promise<Heard> => send(from, `${FE}/login_state`, { ...pageHeaders(OTHER_HOST), 'x-forwarded-proto': proto, origin });
        expect([(await asked(`https://${OTHER_HOST}`)).status, (await asked(`http://${OTHER_HOST}`)).status]).toEqual([200, 403]);
      }
    }
  });

  it('the limit of unauthenticated callers counts each client behind the proxy by itself, whatever the client claims', async () => {
    expectLimited(await untilLimited(LIMIT, (index) => send(PROXY, KEYS, { 'x-forwarded-for': `203.0.113.${String(index % 250)}, 198.51.100.1` })), LIMIT);
    expect(await ask(PROXY, { 'x-forwarded-for': '198.51.100.1' })).toBe(429);
    expect(await ask(PROXY, { 'x-forwarded-for': '198.51.100.2' })).toBe(401);
  });

  it('a hundred wrong passwords of one client close the login for it, and for no other client behind the proxy', async () => {
    const { email } = await stage.newPerson();
    expectLimited(await untilLimited(WRONG_PASSWORDS, () => logIn('198.51.100.3', stage.api.newEmail(), 'a wrong password')), WRONG_PASSWORDS);
    expect((await logIn('198.51.100.3', email, PASSWORD)).status).toBe(429);
    expect((await logIn('198.51.100.4', email, PASSWORD)).status).toBe(200);
  });

  it('a validation goes by neither', async () => {
    const { token } = await stage.api.issueKey();
    const headers = {
      authorization: `Bearer ${server.backendKey}`,
      host: 'nobody.example.test',
      'x-forwarded-host': 'nowhere.example.test',
      'x-forwarded-for': 'nonsense',
    };
    for (const from of [PROXY, STRANGER]) expect((await send(from, `${KEYS}/validate`, headers, { api_key_token: token }, server.origin)).status).toBe(200);
  });

  // Last: it uses up what this address may ask.
  it('a client that is not the proxy is counted by its connection, whatever it says', async () => {
    const claimed = (client: string): Headers => ({ 'x-forwarded-for': client, forwarded: `for=${client}`, 'x-real-ip': client });
    expect(new Set(await untilLimited(LIMIT, (index) => send(STRANGER, KEYS, claimed(`203.0.113.${String(index % 250)}`))))).toEqual(new Set([401, 429]));
    expect(await ask(STRANGER, claimed('198.51.100.5'))).toBe(429);
    expect(await ask(PROXY, claimed('198.51.100.5'))).toBe(401);
  });
});

describe('TRUSTED_PROXIES', () => {
  const NONSENSE = ['1', '127.0.0.1,true'];
  const SENTENCE = 'TRUSTED_PROXIES must be addresses or networks, separated by commas, or loopback, linklocal, uniquelocal.\n';
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(NONSENSE)('%s is one sentence and exit 1, before anything is made', async (value) => {
    const { code, stderr } = await runBuilt('standalone', [], { PORT: '0', ADMIN_PORT: '0', DATA_DIR: join(folder, 'data'), TRUSTED_PROXIES: value });
    expect([code, stderr, readdirSync(folder)]).toEqual([1, SENTENCE, []]);
  });

  it.each(NONSENSE)('%s is the same to the gateway, before it waits for any server', async (value) => {
    createServiceSecrets(folder);
    const away = { NATS_URL: 'nats://127.0.0.1:1', NATS_PASSWORD: 'none', REDIS_URL: 'redis://127.0.0.1:1', SECRETS_DIR: join(folder, 'gateway') };
    const { code, stderr } = await runBuilt('gateway', [], { PORT: '0', ADMIN_PORT: '0', ...away, TRUSTED_PROXIES: value });
    expect([code, stderr]).toEqual([1, SENTENCE]);
  });
});
