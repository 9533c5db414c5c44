import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, at, objectOf, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi, type EndUserHeaders } from '@test/support/clients/browser-session.js';
import { EdgeTenant, FE } from './edge-tenant.js';
import { dataOf, ORG_KEYS } from './organization-stage.js';
import type { HttpAnswer } from '@test/support/clients/answer-reader.js';
import { rawRequest, sendRaw } from '@test/support/clients/raw-http.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

const PLAN = { name: 'inputs', email: 'inputs@example.test', password: 'a long enough password', orgName: 'Inputs' };
const HOST = 'inputs.keyfence.localhost';
const SET_UP_MS = 180_000;
const LOGGED_IN = '{"login_state":"Finished"}';
const LOGGED_OUT = '{"login_state":"LoginRequired"}';

describe.each(gatewayModes)('odd input at the edge, $name', ({ start }) => {
  let server: TestedServer;
  let tenant: EdgeTenant;
  let endUser: EndUserApi;

  beforeAll(async () => {
    server = await start();
    tenant = await EdgeTenant.made(server, PLAN);
    endUser = new EndUserApi(server.origin, HOST);
  }, SET_UP_MS);
  afterAll(() => server?.remove());

  const stateBy = async (headers: EndUserHeaders): Promise<string> => (await endUser.call('GET', `${FE}/login_state`, undefined, headers)).text;
  const raw = (method: string, target: string, headers: readonly string[], body = ''): Promise<HttpAnswer> =>
    sendRaw(
      server.port,
      rawRequest(method, target, ['X-CSRF-Token: -.-', `Content-Length: ${String(Buffer.byteLength(body))}`, ...headers], body).replace(
        'Host: 127.0.0.1',
        `Host: ${HOST}`,
      ),
    );
  const login = (body: string): ReturnType<EndUserApi['call']> => endUser.call('POST', `${FE}/login`, body);

  it.each([
    '',
    ';',
    ';;;;',
    '=',
    '=x',
    'access_token',
    'access_token=',
    'access_token=""',
    '"',
    '%',
    'a=%zz',
    'access_token=%',
    '__proto__=x',
    'constructor=x; toString=y',
    'access_token=\u00ff',
    '$Version=1; access_token=x',
    'refresh_token=%00',
    `refresh_token=${'f'.repeat(104)}`,
    `refresh_token=${'F'.repeat(104)}`,
    `refresh_token=${'0'.repeat(8_000)}`,
    Array.from({ length: 400 }, (_, index) => `c${String(index)}=v`).join('; '),
    `a=${'x'.repeat(8_000)}`,
  ])('the cookies "%.40s" open nothing, and keep no user out', async (cookies) => {
    expect(await stateBy({ cookie: cookies })).toBe(LOGGED_OUT);
    expect(await stateBy({ ...tenant.bearer, cookie: cookies })).toBe(LOGGED_IN);
    expect((await endUser.call('GET', '/api/v1/refresh_token', undefined, { cookie: cookies })).status).toBe(401);
    expect((await endUser.call('POST', '/api/v1/logout', undefined, { cookie: cookies })).status).toBe(200);
  });

  it('of two cookies with one name the first counts, so that no later one replaces it', async () => {
    const good = tenant.refreshCookie['cookie'] ?? '';
    expect(await stateBy({ cookie: `${good}; refresh_token=x` })).toBe(LOGGED_IN);
    expect(await stateBy({ cookie: `refresh_token=x; ${good}` })).toBe(LOGGED_OUT);
    const two = await raw('GET', `${FE}/login_state`, [`Cookie: ${good}`, 'Cookie: refresh_token=x']);
    expect([two.status, two.text]).toEqual([200, LOGGED_IN]);
  });

  it('a token in the wrong place is neither a session nor an error', async () => {
    const {
      endUser: { accessToken },
      refreshToken,
      orgKey,
      personalKey,
    } = tenant;
    for (const token of [refreshToken, orgKey.token, personalKey.token, tenant.backend.backendKey])
      expect(await stateBy({ authorization: `Bearer ${token}`, cookie: `access_token=${token}` })).toBe(LOGGED_OUT);
    expect(await stateBy({ cookie: `refresh_token=${accessToken}` })).toBe(LOGGED_OUT);
    for (const token of [refreshToken, accessToken, personalKey.token, tenant.backend.backendKey]) {
      expect((await endUser.call('GET', '/api/v1/public/org', undefined, { 'x-api-key': token, 'x-org-slug': tenant.slug })).status).toBe(401);
    }
    expect((await tenant.backend.call('GET', `${V1}/org/query`, undefined, { authorization: `Bearer ${accessToken}` })).status).toBe(401);
  });

  it('a slug that is not word for word the organization’s is another one’s, for sessions and keys', async () => {
    const other = objectOf(await tenant.backend.call('GET', `${V1}/org/${await tenant.backend.createOrg()}`))['url_safe_org_slug'];
    for (const slug of [
      String(other),
      tenant.slug.toUpperCase(),
      `${tenant.slug}x`,
      `${tenant.slug}/`,
      `${tenant.slug}, ${tenant.slug}`,
      `["${tenant.slug}"]`,
      `%${tenant.slug}`,
      '',
      '*',
      '__proto__',
      'ïnputs',
      'x'.repeat(4_000),
      tenant.orgId,
      undefined,
    ]) {
      expect([slug, (await endUser.call('GET', ORG_KEYS, undefined, { ...tenant.bearer, 'x-org-slug': slug })).status]).toEqual([slug, 404]);
      expect([slug, (await endUser.call('GET', '/api/v1/public/org', undefined, { ...tenant.organizationKey, 'x-org-slug': slug })).status]).toEqual([
        slug,
        401,
      ]);
    }
    const twice = await raw('GET', ORG_KEYS, [
      `X-Org-Slug: ${tenant.slug}`,
      `X-Org-Slug: ${String(other)}`,
      `Authorization: ${tenant.bearer['authorization'] ?? ''}`,
    ]);
    expect(twice.status).toBe(404);
  });

  it('a key is taken word for word, once, and of the length that keys have', async () => {
    const { token } = tenant.orgKey;
    const open = (key: string): Promise<HttpAnswer> => raw('GET', '/api/v1/public/org', [`X-Org-Slug: ${tenant.slug}`, `X-API-Key: ${key}`]);
    expect((await open(token)).status).toBe(200);
    for (const key of [
      token.toUpperCase(),
      token.slice(0, -1),
      `${token}0`,
      `${token},${token}`,
      `Bearer ${token}`,
      `"${token}"`,
      encodeURIComponent(`${token} `),
      'x'.repeat(8_000),
      'pk_live_',
      '\u00fc'.repeat(100),
      '0',
    ])
      expect([key.slice(0, 20), (await open(key)).status]).toEqual([key.slice(0, 20), 401]);
    const twice = await raw('GET', '/api/v1/public/org', [`X-Org-Slug: ${tenant.slug}`, `X-API-Key: ${token}`, `X-API-Key: ${token}`]);
    expect([twice.status, at(JSON.parse(twice.text), 'status')]).toEqual([401, 'error']);
  });

  it.each([
    '/api/v1/public/../public/org',
    '/api/v1//public/org',
    '//api/v1/public/org',
    '/api/v1/public/org/..',
    '/api/v1/public/%2e%2e/org',
    '/api/v1/public%2forg',
    '/api/v1/public/org%00',
    '/api/v1/public/org;x',
    '/API/v1/public/org',
    '/api/v1/public/%6frg/x',
    '/api/v1/public/org%',
    '/api/v1/public/org/%ff',
    '/api/v1/publi',
    '/api/v1/public',
    '/api/v1/org',
    '/api/fe/v3',
    '/api/fe/v3/',
    '/api/fe/v4/login_state',
    '/.well-known/../api/v1/public/org',
    '/.well-known/jwks',
    `/api/v1/public/users/${'x'.repeat(4_000)}`,
  ])('nothing is at the path %.50s', async (path) => {
    const headers = [`X-Org-Slug: ${tenant.slug}`, `X-API-Key: ${tenant.orgKey.token}`, `Cookie: ${tenant.accessCookie['cookie'] ?? ''}`];
    const { status, text: body } = await raw('GET', path, headers);
    expect([status, body.includes(tenant.orgId.replaceAll('-', ''))]).toEqual([404, false]);
  });

  it.each([
    ['[]', 400],
    ['5', 400],
    ['null', 400],
    ['"text"', 400],
    ['{', 400],
    ['', 400],
    ['{"email":["inputs@example.test"],"password":["a"]}', 400],
    ['{"email":{"$gt":""},"password":{"$gt":""}}', 400],
    ['{"email":5,"password":5}', 400],
    ['{"email":"inputs@example.test"}', 400],
    ['{"email":null,"password":null}', 400],
    [String.raw`{"email":"a\u0000@example.test","password":"a\u0000b"}`, 401],
    [String.raw`{"email":"\ud800@example.test","password":"\udfff"}`, 401],
    ['{"email":"ïnputs@exämple.test","password":"pässwörd 💥"}', 401],
    ['{"email":"inputs@example.test ","password":"a long enough password "}', 401],
    ['{"email":"   ","password":"a long enough password"}', 401],
    ['{"__proto__":{"email":"inputs@example.test"},"password":"a long enough password"}', 400],
    [`{"email":"inputs@example.test","password":"${'x'.repeat(1_048_576)}"}`, 413],
    [`{"email":"${'x'.repeat(60_000)}","password":"x"}`, 401],
    [`{"email":"inputs@example.test","password":"${'x'.repeat(60_000)}"}`, 401],
    [`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)},"email":"x","password":"x"}`, 401],
  ])('the login body %.60s gets %i, and logs no user in', async (body, status) => {
    const answer = await login(body);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([status, []]);
    expect(objectOf(answer)['error_code']).toBe({ 400: 'invalid_request_fields', 401: 'user_not_found', 413: 'unexpected_error' }[status]);
  });

  it('blanks around an address are not part of it', async () => {
    expect((await login(String.raw`{"email":" \t${PLAN.email}\u00a0\n","password":"${PLAN.password}"}`)).status).toBe(200);
  });

  it('a repeated name in a body counts as given last, as everywhere', async () => {
    expect((await login(`{"email":"nobody@example.test","email":"${PLAN.email}","password":"${PLAN.password}"}`)).status).toBe(200);
  });

  it('a hundred wrong passwords at once are ten guesses, and the right one is not among what is tried after', async () => {
    const victim = { email: 'victim@example.test', password: 'the right password' };
    await tenant.backend.createUser(victim);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => endUser.call('POST', `${FE}/login`, { ...victim, password: `guess ${String(index)}` })),
    );
    const codes = answers.map((answer) => `${String(answer.status)} ${String(objectOf(answer)['error_code'])}`);
    // Those that found no place for their hashing count nowhere: 429.
    const count = (code: string): number => codes.filter((one) => one === code).length;
    const [guessed, locked, busy] = [count('401 user_not_found'), count('403 account_locked'), count('429 unexpected_error')];
    expect([guessed + locked + busy, guessed <= 10]).toEqual([100, true]);
    for (let left = guessed; left < 10; left += 1) await endUser.call('POST', `${FE}/login`, { ...victim, password: 'one more guess' });
    expect(objectOf(await endUser.call('POST', `${FE}/login`, victim))['error_code']).toBe('account_locked');
  });

  it('guesses at many accounts from one address end, and a session that is open goes on', async () => {
    const guess = (index: number) => endUser.call('POST', `${FE}/login`, { email: `account-${String(index)}@example.test`, password: 'the same guess' });
    // Five at a time: more than ten of one address would find no place for their hashing, and count nowhere.
    const answers: Answer[] = [];
    for (let index = 0; index < 120; index += 5) answers.push(...(await Promise.all([0, 1, 2, 3, 4].map((next) => guess(index + next)))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    const late = await guess(1_000);
    expect([late.status, objectOf(late)['error_code'], Number(late.headers.get('retry-after')) > 0]).toEqual([429, 'unexpected_error', true]);
    expect(await stateBy(tenant.accessCookie)).toBe(LOGGED_IN);
    expect(dataOf(await endUser.call('GET', '/api/v1/public/org', undefined, tenant.organizationKey))).toMatchObject({ org: { slug: tenant.slug } });
  });
});
