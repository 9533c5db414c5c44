import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '@app/gateway/reference/openapi/document.js';
import { productVersion } from '@app/platform';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const ROOT = join(import.meta.dirname, '../..');
const PATHS = ['/openapi.json', '/reference', '/postman.json'] as const;

describe.each(gatewayModes)('the reference in $name', ({ start }) => {
  let server: TestedServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.remove());

  const get = (path: string, headers: Readonly<Record<string, string>> = {}) => fetch(server.origin + path, { headers, redirect: 'manual' });

  it('serves the OpenAPI document as the code makes it', async () => {
    const answer = await get('/openapi.json');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(await answer.json()).toEqual(openApiDocument({ version: productVersion(), serverUrl: '/' }));
  });

  it('serves a page that loads nothing, and forbids it', async () => {
    const answer = await get('/reference');
    const page = await answer.text();
    expect(page).not.toMatch(/ src=|@import|url\(/);
    const targets = [...page.matchAll(/ href="([^"]*)"/g)].map(([, target]) => target ?? '').filter((target) => !target.startsWith('#'));
    expect(targets).toEqual(['data:,', '/openapi.json', '/postman.json']);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'sha256-");
    expect(policy).not.toMatch(/https?:|\*|unsafe|'self'/);
  });

  it('serves the Postman collection as a download', async () => {
    const answer = await get('/postman.json');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="keyfence.postman_collection.json"');
    expect(await answer.text()).toBe(readFileSync(join(ROOT, 'docs/postman-collection.json'), 'utf8'));
  });

  it.each(PATHS)('%s is sent once to a client that caches it, needs no key and contains none', async (path) => {
    const first = await get(path);
    const etag = first.headers.get('etag') ?? '';
    expect([first.status, first.headers.get('cache-control'), etag]).toEqual([200, 'public, no-cache', expect.stringMatching(/^"[\w-]{43}"$/)]);
    expect(await first.text()).not.toContain(server.backendKey);
    const again = await get(path, { 'if-none-match': `"other", W/${etag}` });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
    const other = await get(path, { host: 'another.example.test' });
    expect([other.status, other.headers.get('etag')]).toEqual([200, etag]);
  });
});
