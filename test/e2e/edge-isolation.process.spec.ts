import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST_ENDPOINTS } from '@app/http-api';
import { at, listAt, objectOf, textAt } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import { EdgeTenant, FE } from './edge-tenant.js';
import { edgeTries, ownCall, tryAt } from './edge-tries.js';
import { dataOf } from './organization-stage.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const SAME = { email: 'same@example.test', password: 'the same password', orgName: 'The same' };
const ONLY = 'only@example.test';
/** Seven commands of the operator, each a process of its own. */
const SET_UP_MS = 180_000;
const PAGES = 'https://pages.example.test';

describe.each(gatewayModes)('two environments at two hosts, $name', ({ start }) => {
  let server: TestedServer;
  let held: EdgeTenant;
  let own: EdgeTenant;

  beforeAll(async () => {
    server = await start();
    held = await EdgeTenant.made(server, { ...SAME, name: 'held' });
    own = await EdgeTenant.made(server, { ...SAME, name: 'own' });
    await held.backend.createUser({ email: ONLY, password: SAME.password });
    await server.changeSettings({ publicSignupEnabled: true, allowedOrigins: [PAGES] }, 'held');
  }, SET_UP_MS);
  afterAll(() => server?.remove());

  const at1 = (host: string): EndUserApi => new EndUserApi(server.origin, host);
  const stateOf = async (endUser: EndUserApi): Promise<string> => textAt(objectOf(await endUser.call('GET', `${FE}/login_state`)), 'login_state');

  it('have the same slug, and nothing of one is seen or changed from the other, on any endpoint', async () => {
    expect(own.slug).toBe(held.slug);
    const before = await held.picture();
    const all = edgeTries({ held, own });
    expect([...all].flatMap(([{ id }, tries]) => (tries.length === 0 ? [] : [id]))).toEqual(HOST_ENDPOINTS.map(({ id }) => id));
    for (const [endpoint, tries] of all) {
      for (const one of tries) {
        const { status, text } = await tryAt(server.origin, own.host, endpoint, one);
        expect([endpoint.id, one.says, status, held.marks.filter((mark) => text.includes(mark))]).toEqual([endpoint.id, one.says, one.status, []]);
      }
    }
    expect(await held.picture()).toEqual(before);
    expect(await stateOf(held.endUser)).toBe('Finished');
    expect((await held.endUser.call('GET', '/api/v1/refresh_token')).status).toBe(200);
  });

  it('a token of the other one is not valid, and says no more than noise does', async () => {
    const verify = async (token: string): Promise<unknown> => dataOf(await at1(own.host).call('POST', '/api/v1/public/verify', { token }, own.organizationKey));
    expect(await Promise.all([held.endUser.accessToken, 'noise'].map(verify))).toEqual([{ valid: false }, { valid: false }]);
    expect(await verify(own.endUser.accessToken)).toMatchObject({ valid: true, user: { email: SAME.email } });
  });

  it('the other one’s session shows as no login, by whatever it is shown', async () => {
    const stranger = at1(own.host);
    for (const headers of [held.bearer, held.accessCookie, held.refreshCookie]) {
      expect(objectOf(await stranger.call('GET', `${FE}/login_state`, undefined, headers))).toEqual({ login_state: 'LoginRequired' });
    }
    const both = `${held.accessCookie['cookie'] ?? ''}; ${own.refreshCookie['cookie'] ?? ''}`;
    expect(objectOf(await stranger.call('GET', `${FE}/login_state`, undefined, { cookie: both }))).toEqual({ login_state: 'Finished' });
  });

  it('an address with two passwords opens each environment with its own alone', async () => {
    const two = { email: 'two@example.test' };
    await held.backend.createUser({ ...two, password: 'the password there' });
    await own.backend.createUser({ ...two, password: 'the password here' });
    const login = async ({ host }: EdgeTenant, password: string): Promise<number> => (await at1(host).call('POST', `${FE}/login`, { ...two, password })).status;
    expect(await Promise.all([login(held, 'the password there'), login(own, 'the password here')])).toEqual([200, 200]);
    expect(await Promise.all([login(held, 'the password here'), login(own, 'the password there')])).toEqual([401, 401]);
  });

  it('wrong passwords for an address in one lock no user out of the other', async () => {
    const locked = { email: 'locked@example.test', password: 'the right password' };
    for (const { backend } of [held, own]) await backend.createUser(locked);
    for (let guess = 0; guess < 10; guess += 1) await at1(held.host).call('POST', `${FE}/login`, { ...locked, password: `wrong ${String(guess)}` });
    const answers = await Promise.all([held, own].map(({ host }) => at1(host).call('POST', `${FE}/login`, locked)));
    expect(answers.map(({ status, text }) => [status, /account_locked/.test(text)])).toEqual([
      [403, true],
      [200, false],
    ]);
  });

  it('each publishes signing keys of its own', async () => {
    const sets = await Promise.all([held, own].map(async ({ host }) => objectOf(await at1(host).call('GET', '/.well-known/jwks.json'))));
    const moduli = sets.flatMap((set) => listAt(set, 'keys').map((key) => at(key, 'n')));
    expect([moduli.length, new Set(moduli).size]).toEqual([2, 2]);
  });

  it('settings of one do not apply to the other', async () => {
    const origin = { origin: PAGES };
    const preflight = { ...origin, 'access-control-request-method': 'POST' };
    const shown = async (endUser: EdgeTenant['endUser']) => {
      const [asked, got, signedUp] = [
        await endUser.call('OPTIONS', `${FE}/login`, undefined, preflight),
        await endUser.call('GET', `${FE}/login_state`, undefined, origin),
        await endUser.call('POST', `${FE}/signup`, { email: 'newcomer@example.test', password: 'a long enough password' }),
      ];
      return [asked.headers.get('access-control-allow-origin'), got.status, got.headers.get('access-control-allow-origin'), signedUp.status];
    };
    expect(await shown(at1(held.host))).toEqual([PAGES, 200, PAGES, 200]);
    expect(await shown(at1(own.host))).toEqual([null, 403, null, 403]);
    await server.changeSettings({ passwordLoginEnabled: false }, 'held');
    const login = async ({ host }: EdgeTenant): Promise<number> => (await at1(host).call('POST', `${FE}/login`, SAME)).status;
    expect(await Promise.all([login(held), login(own)])).toEqual([403, 200]);
    await server.changeSettings({ passwordLoginEnabled: true }, 'held');
  });

  it.each(['nobody.keyfence.localhost', 'held.keyfence.localhost.evil.test', 'keyfence.localhost', 'evil-held.keyfence.localhost', 'held', '*'])(
    'nothing is at the host %s, whatever a caller asks for',
    async (host) => {
      for (const endpoint of HOST_ENDPOINTS) {
        const { status, text } = await tryAt(server.origin, host, endpoint, ownCall(endpoint, held));
        expect([endpoint.id, status, held.marks.filter((mark) => text.includes(mark))]).toEqual([endpoint.id, 404, []]);
        const body: unknown = endpoint.api === 'session' ? text : JSON.parse(text);
        expect(body).toEqual(
          {
            organization: { status: 'error', message: 'Not found.' },
            frontend: { error_code: 'unexpected_error', user_facing_error: expect.any(String) as string },
            session: '',
          }[endpoint.api],
        );
      }
    },
  );

  it('a port and the case of the host make no difference', async () => {
    for (const host of [`${held.host}:3000`, held.host.toUpperCase()]) {
      const { text } = await at1(host).call('GET', `${FE}/login_state`, undefined, held.accessCookie);
      expect(text).toBe('{"login_state":"Finished"}');
    }
  });
});
