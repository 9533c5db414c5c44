import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, BackendApi, isObject, type JsonObject, KEYS, listAt, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { rawRequest, sendRaw } from '@test/support/clients/raw-http.js';
import { testedModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import { type Endpoint, ENDPOINTS, type Ids, isChange, withoutTrailingSlash, withTrailingSlash } from '@test/support/clients/wire-endpoints.js';

describe.each(testedModes)('requests as the official clients send them, $name', ({ start }) => {
  let server: TestedServer;
  let api: BackendApi;
  beforeAll(async () => {
    server = await start();
    api = BackendApi.of(server);
  });
  afterAll(() => server?.remove());

  // Everything that a call needs: a member with a role to change and a key to delete. The one to be added is not a member yet.
  const made = async ({ name }: Pick<Endpoint, 'name'>): Promise<Ids> => {
    const [userId, orgId] = [await api.createUser(), await api.createOrg()];
    if (name !== 'add user to org') await api.addMember(userId, orgId);
    return { userId, orgId, keyId: (await api.issueKey({ user_id: userId })).id };
  };
  let lasting: Ids | null = null;
  /** New ones for calls that end what they are about, or are refused the second time; the others share theirs. */
  const existing = async (endpoint: Endpoint): Promise<Ids> => {
    if (/^(?:delete|remove|add|disable)/.test(endpoint.name)) return made(endpoint);
    lasting ??= await made({ name: 'any other' });
    return lasting;
  };
  const answersNothing = ({ name }: Endpoint): boolean => /^validate|^user by/.test(name);
  const authorization = (): string => `Authorization: Bearer ${server.backendKey}`;

  it.each(ENDPOINTS.filter((endpoint) => !answersNothing(endpoint)))(
    'success is exactly 200 with JSON, with and without a slash at the end: $name',
    async (endpoint) => {
      for (const form of [withTrailingSlash, withoutTrailingSlash]) {
        const ids = await existing(endpoint);
        const answer = await api.call(endpoint.method, form(endpoint.path(ids)), endpoint.body?.(ids));
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^application\/json\b/)]);
        const body: unknown = JSON.parse(answer.text);
        expect(isObject(body) || Array.isArray(body)).toBe(true);
        if (isChange(endpoint)) expect(isObject(body)).toBe(true);
      }
    },
  );

  it.each(['validate', 'validate_imported'])('%s is served with and without a slash, a dangling question mark and the Bearer prefix', async (call) => {
    const legacy = `legacy ${crypto.randomUUID()}`;
    await api.importKey(legacy);
    const token = call === 'validate' ? (await api.issueKey()).token : legacy;
    for (const path of [`${KEYS}/${call}`, `${KEYS}/${call}/`, `${KEYS}/${call}?`, `${KEYS}/${call}?x=1`]) {
      for (const presented of [token, `Bearer ${token}`, `bearer ${token}`, `BEARER ${token}`]) {
        const answer = await api.call('POST', path, { api_key_token: presented, unknown: { field: 1 } });
        expect([path, answer.status]).toEqual([path, 200]);
      }
    }
  });

  it.each(ENDPOINTS.filter(({ body }) => body === undefined))(
    'a call without a body takes one that is empty, missing, or not JSON: $name',
    async (endpoint) => {
      if (answersNothing(endpoint)) return;
      const forms: readonly (readonly [readonly string[], string])[] = [
        [['Content-Type: application/json', 'Content-Length: 0'], ''],
        [['Content-Type: application/json'], ''],
        [['Content-Length: 0'], ''],
        [[], ''],
        ...(endpoint.method === 'GET'
          ? []
          : ([
              [['Content-Type: text/plain', 'Content-Length: 5'], 'hello'],
              [['Content-Type: application/json', 'Content-Length: 5'], '{"a":'],
              [['Content-Type: application/json', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
            ] as const)),
      ];
      for (const [headers, body] of forms) {
        const ids = await existing(endpoint);
        const answer = await sendRaw(server.port, rawRequest(endpoint.method, endpoint.path(ids), [authorization(), ...headers], body));
        expect([headers, body, answer.status]).toEqual([headers, body, 200]);
      }
    },
  );

  it.each(ENDPOINTS.filter((endpoint) => !answersNothing(endpoint)))(
    'unknown query parameters and a dangling question mark change nothing: $name',
    async (endpoint) => {
      for (const added of endpoint.path({ keyId: '', userId: '', orgId: '' }).includes('?') ? ['&', '&unknown=1'] : ['?', '?unknown=1&api_key_type=x']) {
        const ids = await existing(endpoint);
        const answer = await api.call(endpoint.method, endpoint.path(ids) + added, endpoint.body?.(ids));
        expect([added, answer.status]).toEqual([added, 200]);
      }
    },
  );

  it.each(ENDPOINTS.filter((endpoint) => endpoint.body !== undefined && !answersNothing(endpoint)))(
    'unknown body fields change nothing: $name',
    async (endpoint) => {
      const ids = await existing(endpoint);
      expect((await api.call(endpoint.method, endpoint.path(ids), { ...endpoint.body?.(ids), unknown_field: { deep: [1] }, another: null })).status).toBe(200);
    },
  );

  it.each([
    ['create key', 'POST', KEYS, { org_id: null, user_id: null, expires_at_seconds: null, metadata: null, display_name: null }],
    [
      'import key',
      'POST',
      `${KEYS}/import`,
      { imported_api_key: `legacy-${crypto.randomUUID()}`, org_id: null, user_id: null, expires_at_seconds: null, metadata: null, display_name: null },
    ],
    [
      'create user',
      'POST',
      `${V1}/user/`,
      {
        email: 'nulls@example.test',
        email_confirmed: null,
        send_email_to_confirm_email_address: null,
        password: null,
        ask_user_to_update_password_on_login: null,
        ignore_domain_restrictions: null,
        username: null,
        first_name: null,
        last_name: null,
        properties: null,
        can_create_orgs: null,
        metadata: null,
      },
    ],
    [
      'create org',
      'POST',
      `${V1}/org/`,
      {
        name: 'Nulls',
        enable_auto_joining_by_domain: null,
        members_must_have_matching_domain: null,
        domain: null,
        max_users: null,
        legacy_org_id: null,
        custom_role_mapping_name: null,
      },
    ],
    ['query orgs', 'POST', `${V1}/org/query`, { page_size: null, page_number: null, order_by: null, name: null, legacy_org_id: null, domain: null }],
  ] as const)('null means "not given": %s', async (_, method, path, body: JsonObject) => {
    expect((await api.call(method, path, body)).status).toBe(200);
  });

  it('null on an update leaves the field as it is', async () => {
    const orgId = await api.createOrg({ max_users: 4, domain: 'nulls.test' });
    const before = await api.done('GET', `${V1}/org/${orgId}`);
    await api.done('PUT', `${V1}/org/${orgId}`, {
      name: null,
      can_setup_saml: null,
      autojoin_by_domain: null,
      restrict_to_domain: null,
      max_users: null,
      metadata: null,
    });
    expect(await api.done('GET', `${V1}/org/${orgId}`)).toEqual(before);
    const userId = await api.createUser({ first_name: 'Ada', metadata: { a: 1 } });
    await api.done('PUT', `${V1}/user/${userId}`, {
      first_name: null,
      last_name: null,
      username: null,
      metadata: null,
      properties: null,
      picture_url: null,
      update_password_required: null,
      legacy_user_id: null,
    });
    expect(await api.done('GET', `${V1}/user/${userId}`)).toMatchObject({ first_name: 'Ada', metadata: { a: 1 } });
    const { id } = await api.issueKey({ metadata: { a: 1 }, expires_at_seconds: 4_000_000_000 });
    await api.done('PATCH', `${KEYS}/${id}`, { expires_at_seconds: null, metadata: null, set_to_never_expire: null });
    expect(await api.done('GET', `${KEYS}/${id}`)).toMatchObject({ expires_at_seconds: 4_000_000_000, metadata: { a: 1 } });
    const token = await api.call('POST', `${V1}/access_token`, { user_id: userId, duration_in_minutes: 5, active_org_id: null });
    expect(token.status).toBe(200);
  });

  it('organizations are queried by GET and by POST alike', async () => {
    const mark = crypto.randomUUID().slice(0, 8);
    for (const letter of ['c', 'a', 'b']) await api.createOrg({ name: `${letter} twin ${mark}` });
    const names = (page: unknown): unknown[] => listAt(page, 'orgs').map((org) => at(org, 'name'));
    const byPost = await api.done('POST', `${V1}/org/query`, { name: `twin ${mark}`, page_size: 2, page_number: 0, order_by: 'NAME' });
    // Here the plus sign is a space.
    const byGet = await api.done('GET', `${V1}/org/query?name=twin+${mark}&page_size=2&page_number=0&order_by=NAME`);
    const byGetEncoded = await api.done('GET', `${V1}/org/query?name=twin%20${mark}&page_size=2&page_number=0&order_by=NAME`);
    expect(names(byPost)).toEqual([`a twin ${mark}`, `b twin ${mark}`]);
    expect([byGet, byGetEncoded]).toEqual([byPost, byPost]);
  });

  it('an encoded plus sign in a query string is a plus sign, a bare one a space', async () => {
    const email = `a+b-${crypto.randomUUID()}@example.test`;
    const userId = await api.createUser({ email });
    expect(textAt(await api.done('GET', `${V1}/user/email?email=${encodeURIComponent(email)}`), 'user_id')).toBe(userId);
    expect((await api.call('GET', `${V1}/user/email?email=${email}`)).status).toBe(404);
  });

  it('true and false in a query string are texts', async () => {
    const userId = await api.createUser();
    const path = `${V1}/user/${userId}?include_orgs=`;
    expect(at(await api.done('GET', `${path}true`), 'org_id_to_org_info')).toEqual({});
    expect(at(await api.done('GET', `${path}false`), 'org_id_to_org_info') ?? null).toBeNull();
  });

  it('a filter that was left empty names no owner, so no keys are listed or counted', async () => {
    const userId = await api.createUser();
    await api.issueKey({ user_id: userId });
    for (const filter of ['user_id=', 'org_id=', 'user_email=', 'user_id=%20', `user_id=${userId}&org_id=`, `user_id=${userId}&user_id=`]) {
      for (const path of [KEYS, `${KEYS}/archived`])
        expect([filter, await api.done('GET', `${path}?${filter}`)]).toMatchObject([filter, { total_api_keys: 0, api_keys: [] }]);
    }
    expect(await api.done('GET', `${KEYS}?user_id=${userId}&user_id=${userId}`)).toMatchObject({ total_api_keys: 1 });
    for (const filter of ['user_id', 'org_id', 'api_key_id']) expect(await api.done('GET', `${KEYS}/usage?date=2026-01-31&${filter}=`)).toEqual({ count: 0 });
  });

  it('paging starts at 0 with ten a page, and 0 may be said', async () => {
    for (const path of [`${V1}/user/query`, `${V1}/org/query`, KEYS, `${KEYS}/archived`]) {
      for (const query of ['', '?page_number=0', '?page_number=0&page_size=10']) {
        expect(await api.done('GET', path + query)).toMatchObject({ current_page: 0, page_size: 10 });
      }
    }
  });

  it('ids are read in any letter case and written in lower case', async () => {
    const userId = await api.createUser();
    const key = await api.issueKey({ user_id: userId.toUpperCase() });
    expect(textAt(await api.done('GET', `${V1}/user/${userId.toUpperCase()}`), 'user_id')).toBe(userId);
    expect(await api.done('GET', `${KEYS}/${key.id.toUpperCase()}`)).toMatchObject({ api_key_id: key.id, user_id: userId });
    expect(await api.listed('current', { user_id: userId.toUpperCase() })).toEqual([key.id]);
  });

  it('"archived" and "usage" are not key ids', async () => {
    expect(objectOf(await api.call('GET', `${KEYS}/archived`))).toHaveProperty('total_api_keys');
    expect(objectOf(await api.call('GET', `${KEYS}/usage?date=2024-01-31`))).toHaveProperty('count');
  });

  it('the verification metadata goes by the tenant header, with or without port and in any letter case', async () => {
    const { host } = new URL(server.authUrl);
    for (const path of ['/api/v1/token_verification_metadata', `${V1}/token_verification_metadata`]) {
      for (const tenant of [host, host.toUpperCase(), `${host}:443`, `${host}:8080`]) {
        expect([tenant, (await api.call('GET', path, undefined, { 'x-propelauth-url': tenant })).status]).toEqual([tenant, 200]);
      }
      const unknown = await api.call('GET', path, undefined, { 'x-propelauth-url': 'unknown.example.test' });
      expect(unknown.status).toBe(404);
      expect((await api.call('GET', path)).status).toBe(200);
    }
  });

  it('everywhere else the backend key alone decides, whatever the tenant header says', async () => {
    expect((await api.call('GET', KEYS, undefined, { 'x-propelauth-url': 'unknown.example.test' })).status).toBe(200);
    const { token } = await api.issueKey();
    const answer = await api.call('POST', `${KEYS}/validate`, { api_key_token: token }, { 'x-propelauth-url': 'unknown.example.test' });
    expect(answer.status).toBe(200);
  });

  it('a JSON content type with a character set is JSON', async () => {
    expect((await api.call('POST', KEYS, {}, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
  });
});
