import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, BackendApi, isObject, KEYS, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { testedModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import { type Endpoint, ENDPOINTS, NOBODY } from '@test/support/clients/wire-endpoints.js';

const send = (api: BackendApi, endpoint: Endpoint, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  api.call(endpoint.method, endpoint.path(NOBODY), endpoint.body?.(NOBODY), headers);

/** Several clients take any JSON object for a list of wrong fields, whatever the status. */
const expectNoJson = ({ text }: Answer): void => {
  if (text === '') return;
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
};

const expectFieldErrors = (answer: Answer, ...fields: readonly string[]): void => {
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, expect.stringMatching(/^application\/json\b/)]);
  const body = objectOf(answer);
  expect(Object.keys(body).sort()).toEqual([...fields].sort());
  for (const messages of Object.values(body)) {
    expect(messages).toEqual(expect.arrayContaining([expect.stringMatching(/\S/)]));
    expect((messages as unknown[]).every((message) => typeof message === 'string')).toBe(true);
  }
};

describe.each(testedModes)('error bodies are those that every client reads rightly, $name', ({ start }) => {
  let server: TestedServer | undefined;
  let api: BackendApi;
  beforeAll(async () => {
    server = await start();
    api = BackendApi.of(server);
  });
  afterAll(() => server?.remove());

  it.each(ENDPOINTS)('a wrong backend key is 401 without JSON: $name', async (endpoint) => {
    const answer = await send(new BackendApi(api.origin, 'ab'.repeat(64)), endpoint);
    expect(answer.status).toBe(401);
    expectNoJson(answer);
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'nonsense'])('an authorization of "%s" is 401 without JSON', async (authorization) => {
    for (const path of [KEYS, `${KEYS}/validate`, `${V1}/user/query`]) {
      const answer = await api.call(path.endsWith('validate') ? 'POST' : 'GET', path, path.endsWith('validate') ? { api_key_token: 'x' } : undefined, {
        authorization,
      });
      expect(answer.status).toBe(401);
      expectNoJson(answer);
    }
  });

  it.each(ENDPOINTS.filter(({ missing }) => missing))('what is not there is 404 without JSON: $name', async (endpoint) => {
    const answer = await send(api, endpoint);
    expect(answer.status).toBe(404);
    expectNoJson(answer);
  });

  it.each(ENDPOINTS.filter(({ missing, path }) => missing && path(NOBODY) !== path({ keyId: 'x', userId: 'x', orgId: 'x' })))(
    'a malformed id in the path is 404 with an empty body: $name',
    async (endpoint) => {
      for (const malformed of ['garbage', '1', 'g'.repeat(32), '00000000-0000-0000-0000-00000000000', `${NOBODY.userId}0`]) {
        const ids = { keyId: malformed, userId: malformed, orgId: malformed };
        const answer = await api.call(endpoint.method, endpoint.path(ids), endpoint.body?.(NOBODY));
        expect([malformed, answer.status, answer.text]).toEqual([malformed, 404, '']);
      }
    },
  );

  it.each([
    ['validation-only', /^(?:validate|verification)/],
    ['read-and-validate', /^(?:validate|verification|fetch|current|archived|usage|user by|users|query)/],
  ])('a backend key for %s is 403 with an empty body on everything else, 401 where 403 means something else', async (permissions, allowed) => {
    const narrow = new BackendApi(api.origin, (await server?.newBackendKey(permissions)) ?? '');
    const found = await Promise.all(
      ENDPOINTS.map(async (endpoint) => {
        const { status, text } = await send(narrow, endpoint);
        return [endpoint.name, status === 403 || status === 401 ? `${String(status)}${text}` : 'allowed'];
      }),
    );
    const expected = ({ name }: Endpoint): string => {
      if (name === 'access token') return '401';
      return allowed.test(name) ? 'allowed' : '403';
    };
    expect(found).toEqual(ENDPOINTS.map((endpoint) => [endpoint.name, expected(endpoint)]));
  });

  it('a user or organization that is not there, and an unknown role, are told apart', async () => {
    const [userId, orgId] = [await api.createUser(), await api.createOrg()];
    for (const call of ['add_user', 'change_role', 'remove_user']) {
      for (const body of [
        { user_id: NOBODY.userId, org_id: orgId, role: 'Member' },
        { user_id: userId, org_id: NOBODY.orgId, role: 'Member' },
        { user_id: 'garbage', org_id: orgId, role: 'Member' },
      ]) {
        const answer = await api.call('POST', `${V1}/org/${call}`, body);
        expect([call, answer.status]).toEqual([call, 404]);
        expectNoJson(answer);
      }
    }
    expectFieldErrors(await api.call('POST', `${V1}/org/add_user`, { user_id: userId, org_id: orgId, role: 'Emperor' }), 'role');
  });

  it.each([
    ['create user', 'POST', `${V1}/user/`, { email: 'none' }, ['email']],
    ['create user without', 'POST', `${V1}/user/`, {}, ['email']],
    ['create org', 'POST', `${V1}/org/`, { name: '' }, ['name']],
    ['create org without', 'POST', `${V1}/org/`, {}, ['name']],
    ['create key', 'POST', KEYS, { user_id: NOBODY.userId }, ['user_id']],
    ['create key for an unknown owner', 'POST', KEYS, { org_id: NOBODY.orgId }, ['org_id']],
    ['create key in the past', 'POST', KEYS, { expires_at_seconds: 1 }, ['expires_at_seconds']],
    ['import without', 'POST', `${KEYS}/import`, {}, ['imported_api_key']],
    ['usage without', 'GET', `${KEYS}/usage`, undefined, ['date']],
    ['usage', 'GET', `${KEYS}/usage?date=2023-02-29`, undefined, ['date']],
    ['current keys', 'GET', `${KEYS}?page_size=0`, undefined, ['page_size']],
    ['archived keys', 'GET', `${KEYS}/archived?page_number=-1`, undefined, ['page_number']],
    ['users', 'GET', `${V1}/user/query?page_size=1e9`, undefined, ['page_size']],
    ['orgs', 'POST', `${V1}/org/query`, { page_size: 101 }, ['page_size']],
    ['orgs by GET', 'GET', `${V1}/org/query?page_size=101`, undefined, ['page_size']],
    ['batch', 'POST', `${V1}/user/user_ids`, { user_ids: Array.from({ length: 101 }, () => NOBODY.userId) }, ['query']],
    ['access token', 'POST', `${V1}/access_token`, { user_id: NOBODY.userId, duration_in_minutes: 0 }, ['duration_in_minutes']],
    ['a body that is not JSON', 'POST', KEYS, '{"metadata":', ['body']],
  ] as const)('a wrong field is 400 with lists of sentences by field: %s', async (_, method, path, body, fields) => {
    expectFieldErrors(await api.call(method, path, body), ...fields);
  });

  it.each(['validate', 'validate_imported'])('%s returns 400 with one sentence on api_key_token', async (call) => {
    for (const body of [{ api_key_token: 'nonsense' }, { api_key_token: '' }, { api_key_token: null }, { api_key_token: 5 }, { api_key_token: ['x'] }, {}]) {
      const answer = await api.call('POST', `${KEYS}/${call}`, body);
      expect([JSON.stringify(body), answer.status]).toEqual([JSON.stringify(body), 400]);
      expect(objectOf(answer)).toEqual({ api_key_token: expect.stringMatching(/\S/) });
      expect(answer.headers.get('content-type')).toMatch(/^application\/json\b/);
    }
  });

  it('an access token for an unknown user is 403 without JSON', async () => {
    for (const user_id of [NOBODY.userId, 'garbage']) {
      const answer = await api.call('POST', `${V1}/access_token`, { user_id, duration_in_minutes: 5 });
      expect(answer.status).toBe(403);
      expectNoJson(answer);
    }
  });

  it('a route that does not exist is 404 without JSON', async () => {
    for (const path of ['/', '/api', '/api/backend/v1', '/api/backend/v1/nothing', `${KEYS}/archived/more`, '/api/backend/v2/user/query', '/favicon.ico']) {
      const answer = await api.call('GET', path);
      expect([path, answer.status]).toEqual([path, 404]);
      expectNoJson(answer);
    }
  });

  it('a method that a route does not have is refused without JSON and without effect', async () => {
    const key = await api.issueKey();
    for (const [method, path] of [
      ['PUT', `${KEYS}/${key.id}`],
      ['POST', `${KEYS}/${key.id}`],
      ['DELETE', KEYS],
      ['GET', `${KEYS}/validate`],
      ['PATCH', `${V1}/user/query`],
      ['DELETE', `${KEYS}/archived`],
    ] as const) {
      const answer = await api.call(method, path);
      expect([404, 405]).toContain(answer.status);
      expectNoJson(answer);
    }
    expect((await api.validate(key.token)).status).toBe(200);
  });

  it('a body over 64 KiB is refused without JSON, on the validate routes too', async () => {
    for (const path of [KEYS, `${V1}/user/`, `${KEYS}/validate`, `${KEYS}/validate_imported`]) {
      const answer = await api.call('POST', path, { api_key_token: 'x'.repeat(70_000), email: 'a@b.test' });
      expect([path, answer.status]).toEqual([path, 413]);
      expectNoJson(answer);
    }
  });

  it('every answer carries a request id, errors too', async () => {
    for (const path of [KEYS, `${KEYS}/${NOBODY.keyId}`, '/nothing', `${KEYS}?page_size=0`]) {
      expect((await api.call('GET', path)).headers.get('x-request-id')).toMatch(/\S/);
    }
    expect((await api.call('POST', `${KEYS}/validate`, { api_key_token: 'x' })).headers.get('x-request-id')).toMatch(/\S/);
  });

  it('disabled organizations are 426 without JSON on every call about them', async () => {
    if (server === undefined) throw new Error('not started');
    await server.changeSettings({ organizationsEnabled: false, accessTokensEnabled: false });
    const statuses = await Promise.all(
      ENDPOINTS.filter(({ usesOrganizations }) => usesOrganizations).map(async (endpoint) => {
        const answer = await send(api, endpoint);
        expectNoJson(answer);
        return [endpoint.name, answer.status];
      }),
    );
    expect(statuses).toEqual(statuses.map(([name]) => [name, 426]));
    const token = await api.call('POST', `${V1}/access_token`, { user_id: await api.createUser(), duration_in_minutes: 5 });
    expect(token.status).toBe(404);
    expectNoJson(token);
  });
});

describe.each(testedModes)('limits, $name', ({ start }) => {
  let server: TestedServer;
  beforeAll(async () => {
    server = await start({ env: { PLATFORM_LIMIT_PER_MINUTE: '5' } });
  });
  afterAll(() => server?.remove());

  it('the platform limit is a sentence with Retry-After, per backend key, and never on the validate routes', async () => {
    const api = BackendApi.of(server);
    const { token } = await api.issueKey();
    const answers: Answer[] = [];
    for (let call = 0; call < 6; call += 1) answers.push(await api.call('GET', KEYS));
    const limited = answers.at(-1);
    expect(limited?.status).toBe(429);
    expect(limited?.text).toMatch(/wait/i);
    expect(() => JSON.parse(limited?.text ?? '') as unknown).toThrow(SyntaxError);
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
    for (let call = 0; call < 10; call += 1) expect((await api.validate(token)).status).toBe(200);
  });

  it('the limit of an end user is JSON with a wait in seconds', async () => {
    // With a backend key of its own, for few calls: the other one's limit is used up.
    const api = new BackendApi(server.origin, await server.newBackendKey('full-access'));
    const userId = await api.createUser();
    const key = await api.issueKey({ user_id: userId });
    const imported = await api.importKey(`legacy-${crypto.randomUUID()}`, { user_id: userId });
    await server.changeSettings({ personalApiKeyRateLimit: { periodType: 'hours', periodSize: 1, allowPerPeriod: 1 } });
    expect((await api.validate(key.token)).status).toBe(200);
    for (const answer of [await api.validate(key.token), await api.validateImported(imported.token)]) {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([429, expect.stringMatching(/^application\/json\b/)]);
      const body = objectOf(answer);
      expect(isObject(body) && typeof body['wait_seconds'] === 'number').toBe(true);
      expect(Number(body['wait_seconds'])).toBeGreaterThan(0);
      expect(Number(body['wait_seconds'])).toBeLessThanOrEqual(3600);
      expect(body['error_code']).toBe('rate_limit_exceeded');
      expect(textAt(body, 'user_facing_error')).toMatch(/\d/);
    }
  });
});
