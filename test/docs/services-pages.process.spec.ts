import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRETS_OF_SERVICE } from '@app/secrets';
import { parseExposition } from '@test/support/observed/exposition.js';
import { BackendApi } from '@test/support/clients/backend-api.js';
import { StackServer } from '@test/support/servers/stack-server.js';
import { blocksOf, ROOT, textOfPage } from '@test/support/project/code-blocks.js';

const PAGE = 'docs/services.md';
const SERVICES = ['directory', 'gateway', 'keys', 'validation'] as const;

const sectionOf = (page: string, title: string): string =>
  textOfPage(page)
    .split(/^## /m)
    .find((part) => part.startsWith(`${title}\n`)) ?? '';
const cellsOf = (row: string): readonly string[] =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const rowsOf = (page: string, title: string): readonly (readonly string[])[] =>
  sectionOf(page, title)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(cellsOf);
const codeIn = (cell = ''): string => /`([^`]+)`/.exec(cell)?.[1] ?? '';

describe('docs/services.md', () => {
  it('has every secret with those that hold it', () => {
    const shown = rowsOf(PAGE, 'Secrets of a service').map(([name, holders = '']) => [codeIn(name), holders === 'all' ? SERVICES.join(', ') : holders]);
    const files = new Set<string>(Object.values(SECRETS_OF_SERVICE).flat());
    const held = [...files].map((file) => [file, SERVICES.filter((service) => (SECRETS_OF_SERVICE[service] as readonly string[]).includes(file)).join(', ')]);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(held));
  });
});

describe('against the services', () => {
  let server: StackServer;
  beforeAll(async () => {
    server = await StackServer.started();
  });
  afterAll(() => server?.remove());

  it('every metric of a service is in a table, and those of services alone are told by whom', async () => {
    const listed = new Map(
      [...rowsOf('docs/operating.md', 'Metrics and health'), ...rowsOf(PAGE, 'Metrics of services')].map(([name, , tellers]) => [codeIn(name), tellers ?? '']),
    );
    const own = new Set(rowsOf(PAGE, 'Metrics of services').map(([name]) => codeIn(name)));
    const told = new Map<string, string[]>();
    for (const { service, adminOrigin } of server.stack.replicas) {
      for (const name of parseExposition(await (await fetch(`${adminOrigin}/metrics`)).text()).keys()) {
        if (name.startsWith('keyfence_')) told.set(name, [...(told.get(name) ?? []), service]);
      }
    }
    expect([...told.keys()].filter((name) => !listed.has(name))).toEqual([]);
    const tellers = [...own].map((name) => [name, (told.get(name) ?? []).toSorted().join(', ')]);
    expect(tellers).toEqual([...own].map((name) => [name, listed.get(name) === 'all' ? SERVICES.toSorted().join(', ') : listed.get(name)]));
  });

  it('the example of docs/validate-over-nats.md gets the answer that HTTP gives, and one refused when the key is dead', async ({ onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), 'keyfence-docs-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const [example] = blocksOf('docs/validate-over-nats.md').filter(({ role }) => role === 'file');
    writeFileSync(join(folder, 'validate.mjs'), example?.text ?? '');
    const api = BackendApi.of(server);
    const { id, token } = await api.issueKey();
    const { stack } = server;
    const env = {
      NATS_URL: stack.servers.nats.url,
      NATS_USER: 'team',
      NATS_PASSWORD: stack.files.natsPassword('team'),
      BACKEND_KEY: server.backendKey,
      API_KEY: token,
    };
    const ask = async (): Promise<string> =>
      (await promisify(execFile)(process.execPath, ['validate.mjs'], { cwd: folder, env: { PATH: process.env['PATH'], ...env } })).stdout.trim();
    const overHttp = async (): Promise<string> => {
      const response = await fetch(`${server.origin}/api/backend/v1/end_user_api_keys/validate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.backendKey}` },
        body: JSON.stringify({ api_key_token: token }),
      });
      return `${String(response.status)} ${await response.text()}`;
    };
    expect(await ask()).toBe(await overHttp());
    await api.done('DELETE', `/api/backend/v1/end_user_api_keys/${id}`);
    expect(await ask()).toBe('400 {"api_key_token":"This API key is not valid."}');
  });
});
