import type { BrowserContext, Page } from 'puppeteer-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { at, BackendApi, isObject, textAt, V1 } from '@test/support/clients/backend-api.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { Chromium, inPage, openPage } from './chromium.js';
import { PageServer } from './page-server.js';

const PASSWORD = 'a long enough password';

let server: StandaloneServer;
let api: BackendApi;
let chromium: Chromium;
let react: PageServer;
let plain: PageServer;
let javascript: PageServer;
let authUrl: string;

beforeAll(async () => {
  server = await StandaloneServer.started();
  api = BackendApi.of(server);
  [chromium, react, plain, javascript] = await Promise.all([
    Chromium.started(),
    PageServer.started('react-page'),
    PageServer.started('plain-page'),
    PageServer.started('javascript-page'),
  ]);
  authUrl = `http://auth.keyfence.localhost:${String(server.port)}`;
  for (const pages of [react, plain, javascript]) pages.authUrl = authUrl;
  await server.changeSettings({ authUrl, allowedOrigins: [react.originAt('app.keyfence.localhost'), javascript.originAt('app.keyfence.localhost')] });
}, 120_000);
afterAll(async () => {
  await Promise.all([chromium, react, plain, javascript].map((one) => one?.close()));
  await server?.remove();
});

let endUser: BrowserContext;
let email: string;
let userId: string;
let orgId: string;
beforeEach(async () => {
  endUser = await chromium.newEndUser();
  email = api.newEmail();
  userId = await api.createUser({ email, password: PASSWORD });
  orgId = await api.createOrg();
  await api.addMember(userId, orgId, 'Admin');
  return () => endUser.close();
});

const reactPage = (): Promise<Page> => openPage(endUser, react.originAt('app.keyfence.localhost'));
const call = async (page: Page, name: string, ...args: readonly unknown[]): Promise<{ way: string; given: unknown }> => {
  const taken = await inPage(page, 'call', name, ...args);
  if (!Array.isArray(taken) || taken.length !== 1) throw new Error(`${name} was handled by ${JSON.stringify(taken)}`);
  return taken[0] as { way: string; given: unknown };
};
const logIn = async (page: Page): Promise<void> => {
  expect(await call(page, 'emailPasswordLogin', { email, password: PASSWORD })).toEqual({ way: 'success', given: { login_state: 'Finished' } });
};

it('the cookies of a session are kept by a real browser, and no script can read them', async () => {
  const page = await reactPage();
  await logIn(page);
  const cookies = await endUser.cookies();
  expect(
    cookies
      .filter(({ domain }) => domain === 'auth.keyfence.localhost')
      .map(({ name, httpOnly, secure, sameSite, path }) => ({ name, httpOnly, secure, sameSite, path }))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
  ).toEqual(['access_token', 'refresh_token'].map((name) => ({ name, httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })));
  expect(await page.evaluate('document.cookie')).not.toContain('token');
});

describe('useAuthFrontendApis() in a page of an allowed origin', () => {
  it('logs in, makes, lists, renames and deletes a personal key', async () => {
    const page = await reactPage();
    expect(await call(page, 'fetchLoginState')).toEqual({ way: 'success', given: { login_state: 'LoginRequired' } });
    expect((await call(page, 'createPersonalApiKey')).way).toBe('unauthorized');
    expect((await call(page, 'emailPasswordLogin', { email, password: 'a wrong password' })).way).toBe('invalidCredentials');
    await logIn(page);
    const { way, given } = await call(page, 'createPersonalApiKey', 'OneYear', 'Laptop');
    expect(way).toBe('success');
    const [id, token] = [textAt(given, 'api_key_id'), textAt(given, 'api_key_token')];
    expect((await api.validate(token)).status).toBe(200);
    expect((await call(page, 'updateApiKey', { api_key_id: id, display_name: 'Desktop' })).way).toBe('success');
    expect(at((await call(page, 'fetchPersonalApiKeys', {})).given, 'api_keys', 0)).toMatchObject({ api_key_id: id, display_name: 'Desktop' });
    expect((await call(page, 'deleteApiKey', id)).way).toBe('success');
    expect((await api.validate(token)).status).toBe(400);
    expect((await call(page, 'deleteApiKey', id)).way).toBe('apiKeyNotFound');
  });

  it("makes and lists an organization's keys", async () => {
    const page = await reactPage();
    await logIn(page);
    const { given } = await call(page, 'createOrgApiKey', orgId, 'Never', 'CI');
    expect(JSON.parse((await api.validate(textAt(given, 'api_key_token'))).text)).toMatchObject({ org_id: orgId, user_id: null });
    expect((await call(page, 'fetchOrgApiKeys', { org_id: orgId })).given).toMatchObject({ total_api_keys: 1 });
    expect((await call(page, 'createOrgApiKey', orgId, 'Tomorrow')).way).toBe('invalidExpirationOption');
    expect((await call(page, 'fetchOrgApiKeys', { org_id: crypto.randomUUID() })).way).toBe('orgNotFound');
  });
});

describe('@propelauth/javascript in a page of an allowed origin', () => {
  const refreshToken = async (): Promise<string | undefined> => (await endUser.cookies()).find(({ name }) => name === 'refresh_token')?.value;
  const opened = (): Promise<Page> => openPage(endUser, javascript.originAt('app.keyfence.localhost'));
  const loggedIn = async (): Promise<Page> => {
    await logIn(await reactPage());
    return opened();
  };

  it('knows no user before a login', async () => {
    expect(await inPage(await opened(), 'info')).toBeNull();
  });

  it('knows who is logged in and the organizations, and refreshes', async () => {
    await logIn(await reactPage());
    const atLogin = await refreshToken();
    const page = await opened();
    const info = await inPage(page, 'info');
    expect(info).toMatchObject({
      email,
      userId,
      orgs: [{ orgId, userAssignedRole: 'Admin', userPermissions: expect.arrayContaining(['propelauth::can_manage_api_keys']) as unknown }],
    });
    expect(await refreshToken()).not.toBe(atLogin);
    const again = textAt(await inPage(page, 'info', true), 'accessToken');
    expect((await fetch(`${server.origin}/api/fe/v3/personal_api_keys`, { headers: { authorization: `Bearer ${again}`, 'x-csrf-token': '-.-' } })).status).toBe(
      200,
    );
  });

  it('gets tokens for one organization, and none for one that the user is not in', async () => {
    const page = await loggedIn();
    const token = textAt(await inPage(page, 'orgToken', orgId), 'accessToken');
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ org_member_info: { org_id: orgId } });
    expect(await inPage(page, 'orgToken', await api.createOrg())).toMatchObject({ error: 'user_not_in_org' });
  });

  it('logs out, and the session is over in every tab', async () => {
    const page = await loggedIn();
    const accessToken = textAt(await inPage(page, 'info'), 'accessToken');
    await inPage(page, 'logOut');
    expect(await inPage(page, 'info', true)).toBeNull();
    expect(await endUser.cookies()).toEqual([]);
    expect((await call(await reactPage(), 'createPersonalApiKey')).way).toBe('unauthorized');
    const late = await fetch(`${server.origin}/api/fe/v3/personal_api_keys`, { headers: { cookie: `access_token=${accessToken}`, 'x-csrf-token': '-.-' } });
    expect(late.status).toBe(401);
  });

  it('a block by the backend ends the session', async () => {
    const page = await loggedIn();
    await api.done('POST', `${V1}/user/${userId}/disable`);
    expect(await inPage(page, 'info', true)).toBeNull();
    expect((await call(await reactPage(), 'fetchPersonalApiKeys', {})).way).toBe('unauthorized');
  });
});

describe('other pages in the browser of a user who is logged in', () => {
  const asClient = { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': '-.-' }, body: '{}' };
  const keysOf = async (): Promise<readonly string[]> => api.listed('current', { user_id: userId });
  // One is of another site. The other is of the same one, so the cookies go along; only its origin is not allowed.
  const foreign = (): readonly string[] => [plain.originAt('elsewhere.localhost'), plain.originAt('blog.keyfence.localhost')];

  it('cannot call: the browser refuses them the answer and sends no request that changes something', async () => {
    await logIn(await reactPage());
    for (const origin of foreign()) {
      const page = await openPage(endUser, origin);
      for (const [path, init] of [
        ['/api/fe/v3/api_keys', asClient],
        ['/api/fe/v3/personal_api_keys', {}],
        ['/api/fe/v3/login_state', {}],
        ['/api/v1/refresh_token', {}],
        ['/api/v1/logout', { method: 'POST' }],
      ] as const) {
        expect([origin, path, await inPage(page, 'fetch', authUrl + path, init)]).toEqual([origin, path, { refused: 'TypeError' }]);
      }
      // Sent without asking first, and with an answer that no page may read.
      await inPage(page, 'fetch', `${authUrl}/api/fe/v3/api_keys`, { method: 'POST', mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, body: '{}' });
      await inPage(page, 'fetch', `${authUrl}/api/v1/logout`, { method: 'POST', mode: 'no-cors' });
    }
    expect(await keysOf()).toEqual([]);
    expect((await call(await reactPage(), 'createPersonalApiKey')).way).toBe('success');
  });

  it('cannot send a form that makes a key, logs in or logs out', async () => {
    await logIn(await reactPage());
    for (const origin of foreign()) {
      const page = await openPage(endUser, origin);
      for (const [path, text] of [
        ['/api/fe/v3/api_keys', '{"display_name":"'],
        ['/api/v1/logout', '{}'],
        ['/api/v1/logout_all_sessions', '{}'],
      ] as const) {
        const [answer] = await Promise.all([page.waitForResponse(authUrl + path), inPage(page, 'post', authUrl + path, text)]);
        expect([origin, path, answer.status()]).toEqual([origin, path, 403]);
      }
    }
    expect(await keysOf()).toEqual([]);
    expect(await call(await reactPage(), 'fetchLoginState')).toEqual({ way: 'success', given: { login_state: 'Finished' } });
  });

  it('the server says so by itself, whatever a browser would have stopped', async () => {
    for (const origin of foreign()) {
      const answer = await fetch(`${server.origin}/api/fe/v3/login`, {
        method: 'POST',
        headers: { origin, 'x-csrf-token': '-.-' },
        body: JSON.stringify({ email, password: PASSWORD }),
      });
      const body: unknown = await answer.json();
      expect([
        answer.status,
        isObject(body) && body['error_code'],
        [...answer.headers.keys()].filter((name) => name.startsWith('access-control')),
        answer.headers.getSetCookie(),
      ]).toEqual([403, 'unexpected_error', [], []]);
    }
  });
});
