import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST_ENDPOINTS, type HostEndpoint, BACKEND_ENDPOINTS } from '@app/http-api';
import type { Answer } from '@test/support/clients/backend-api.js';
import { EndUserApi, type EndUserHeaders } from '@test/support/clients/browser-session.js';
import { EdgeTenant, FE } from './edge-tenant.js';
import { ownCall, tryAt } from './edge-tries.js';
import { ORG_KEYS } from './organization-stage.js';
import { rawRequest, sendRaw } from '@test/support/clients/raw-http.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const PLAN = { name: 'pages', email: 'pages@example.test', password: 'a long enough password', orgName: 'Pages' };
const HOST = 'pages.keyfence.localhost';
const ALLOWED = 'https://app.example.test';
const SET_UP_MS = 180_000;

const FOREIGN = [
  'https://evil.example.test',
  'null',
  'Null',
  '*',
  'file://',
  `${ALLOWED}.evil.test`,
  `${ALLOWED}:8443`,
  `${ALLOWED}:443`,
  `${ALLOWED}/`,
  `${ALLOWED}, https://evil.example.test`,
  `https://evil.example.test, ${ALLOWED}`,
  `${ALLOWED} https://evil.example.test`,
  ALLOWED.toUpperCase(),
  'HTTPS://app.example.test',
  'http://app.example.test',
  'https://evil-app.example.test',
  'https://example.test',
  'https://sub.app.example.test',
  `http://${HOST}.evil.test`,
  `http://evil-${HOST}`,
  `http://${HOST}:8080`,
  `http://${HOST.toUpperCase()}`,
  `http://${HOST}/`,
  `http://${HOST}/path`,
  `http://user@${HOST}`,
  `http://evil.test#${HOST}`,
  'http://keyfence.localhost',
  'http://127.0.0.1',
];
const OWN = [`http://${HOST}`, `https://${HOST}`, ALLOWED];

const corsOf = ({ headers }: Answer): Readonly<Record<string, string>> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));
const forPages = ({ credential, id }: HostEndpoint): boolean => credential !== 'organization-key' && id !== 'fetch-signing-keys';

describe.each(gatewayModes)('pages of other origins, $name', ({ start }) => {
  let server: TestedServer;
  let tenant: EdgeTenant;
  let endUser: EndUserApi;

  beforeAll(async () => {
    server = await start();
    tenant = await EdgeTenant.made(server, PLAN);
    await server.changeSettings({ allowedOrigins: [ALLOWED] }, PLAN.name);
    endUser = new EndUserApi(server.origin, HOST);
  }, SET_UP_MS);
  afterAll(() => server?.remove());

  const preflight = (path: string, origin: string, more: EndUserHeaders = {}): Promise<Answer> =>
    endUser.call('OPTIONS', path, undefined, {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-csrf-token',
      'x-csrf-token': undefined,
      'content-type': undefined,
      ...more,
    });
  const asked = (origin: string | undefined, more: EndUserHeaders = {}): Promise<Answer> =>
    endUser.call('GET', `${FE}/login_state`, undefined, { ...tenant.accessCookie, origin, ...more });

  it('nothing that opens a call counts for a foreign page, on any endpoint', async () => {
    const before = await tenant.picture();
    for (const endpoint of HOST_ENDPOINTS.filter(forPages)) {
      const { headers, ...call } = ownCall(endpoint, tenant);
      const answer = await tryAt(server.origin, HOST, endpoint, { ...call, headers: { ...headers, origin: 'https://evil.example.test' } });
      expect([endpoint.id, answer.status, corsOf(answer), answer.headers.getSetCookie()]).toEqual([endpoint.id, 403, {}, []]);
    }
    expect(await tenant.picture()).toEqual(before);
  });

  it.each(FOREIGN)('%s is foreign: 403 and no word for the browser, asked first or not', async (origin) => {
    for (const answer of [
      await asked(origin),
      await endUser.call('GET', ORG_KEYS, undefined, { ...tenant.bearer, 'x-org-slug': tenant.slug, origin }),
      await endUser.call('GET', '/api/v1/refresh_token', undefined, { ...tenant.refreshCookie, origin }),
    ]) {
      expect([answer.status, corsOf(answer), answer.headers.getSetCookie()]).toEqual([403, {}, []]);
    }
    expect(corsOf(await preflight(`${FE}/login`, origin))).toEqual({});
  });

  it.each(OWN)('%s is told its own name exactly, with cookies, and nothing more than the clients need', async (origin) => {
    const told = { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
    const answer = await asked(origin);
    expect([answer.status, corsOf(answer), answer.text]).toEqual([200, told, '{"login_state":"Finished"}']);
    expect(answer.headers.get('vary')).toMatch(/\borigin\b/i);
    const first = await preflight(`${FE}/login`, origin, { 'access-control-request-headers': 'x-evil' });
    expect([first.status, corsOf(first)]).toEqual([
      204,
      {
        ...told,
        'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
        'access-control-allow-headers': 'content-type, x-csrf-token, x-org-slug, authorization',
        'access-control-max-age': '600',
      },
    ]);
  });

  it('every path that pages call responds to a preflight of an allowed origin; no other path does, nor any preflight of a foreign origin', async () => {
    for (const endpoint of HOST_ENDPOINTS) {
      const path = endpoint.paths[0].replace(/\{\w+\}/, tenant.personalKey.id);
      const [allowed, foreign] = [await preflight(path, ALLOWED), await preflight(path, 'https://evil.example.test')];
      if (endpoint.id === 'fetch-signing-keys') continue;
      expect([endpoint.id, allowed.status === 204, Object.keys(corsOf(allowed)).length > 0, corsOf(foreign)]).toEqual([
        endpoint.id,
        forPages(endpoint),
        forPages(endpoint),
        {},
      ]);
    }
    const backend = [...new Set(BACKEND_ENDPOINTS.flatMap(({ paths }) => paths))].map((path) => path.replace(/\{\w+\}/, tenant.userId));
    for (const path of backend) expect([path, corsOf(await preflight(path, ALLOWED))]).toEqual([path, {}]);
  });

  it('public keys are for every page, asked first or not, and for caches the same whatever origin asks; never with cookies', async () => {
    const asks = (origin: string | undefined) => endUser.call('GET', '/.well-known/jwks.json', undefined, { ...tenant.accessCookie, origin });
    for (const origin of ['https://evil.example.test', 'null', ALLOWED, undefined]) {
      const answer = await asks(origin);
      expect([answer.status, corsOf(answer), answer.text]).toEqual([200, { 'access-control-allow-origin': '*' }, (await asks(undefined)).text]);
    }
    const first = await preflight('/.well-known/jwks.json', 'https://evil.example.test', { 'access-control-request-method': 'GET' });
    expect([first.status, corsOf(first)]).toEqual([
      204,
      { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*', 'access-control-max-age': '600' },
    ]);
  });

  it('a key’s answers have nothing for a browser, whatever the origin', async () => {
    for (const origin of [...OWN, 'https://evil.example.test']) {
      const byKey = await endUser.call('GET', '/api/v1/public/org', undefined, { ...tenant.organizationKey, origin });
      const byBackend = await endUser.call('GET', '/api/backend/v1/org/query', undefined, { authorization: `Bearer ${tenant.backend.backendKey}`, origin });
      expect([byKey.status, corsOf(byKey), byBackend.status, corsOf(byBackend)]).toEqual([200, {}, 200, {}]);
    }
  });

  it.each([[undefined], [''], ['-'], ['-.'], ['.-.'], ['-.- '.repeat(2).trim()], ['-.-, -.-'], ['undefined'], ['-.-x']])(
    'the frontend API without the constant header is 403: %s',
    async (value) => {
      for (const endpoint of HOST_ENDPOINTS.filter(({ api }) => api === 'frontend')) {
        const { headers, ...call } = ownCall(endpoint, tenant);
        const { status, text } = await tryAt(server.origin, HOST, endpoint, { ...call, headers: { ...headers, 'x-csrf-token': value } });
        expect([endpoint.id, status, text.startsWith('{"error_code":"unexpected_error"')]).toEqual([endpoint.id, 403, true]);
      }
    },
  );

  it('two Origin headers, or two CSRF headers, do not count', async () => {
    const head = (...lines: readonly string[]): string => rawRequest('GET', `${FE}/login_state`, lines).replace('Host: 127.0.0.1', `Host: ${HOST}`);
    const good = ['X-CSRF-Token: -.-', `Cookie: ${tenant.accessCookie['cookie'] ?? ''}`];
    expect((await sendRaw(server.port, head(...good, `Origin: ${ALLOWED}`))).status).toBe(200);
    expect((await sendRaw(server.port, head(...good, `Origin: ${ALLOWED}`, 'Origin: https://evil.example.test'))).status).toBe(403);
    expect((await sendRaw(server.port, head(...good, 'Origin: https://evil.example.test', `Origin: ${ALLOWED}`))).status).toBe(403);
    expect((await sendRaw(server.port, head(...good, 'X-CSRF-Token: -.-'))).status).toBe(403);
  });

  it('no header of a client moves the call to another host', async () => {
    for (const name of ['x-forwarded-host', 'x-forwarded-server', 'x-original-host', 'forwarded', 'x-host']) {
      const value = name === 'forwarded' ? `host=${HOST}` : HOST;
      const answer = await new EndUserApi(server.origin, 'nobody.keyfence.localhost').call('GET', `${FE}/login_state`, undefined, { [name]: value });
      expect([name, answer.status]).toEqual([name, 404]);
    }
  });
});
