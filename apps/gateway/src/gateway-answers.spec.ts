import { hash, scryptSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '@app/domain';
import { hasValidChecksum, IMPORTED_TOKEN_MAX_BYTES, IMPORTED_TOKEN_MIN_BYTES, importedSpace, nativeSpace, tokenDigest } from '@app/tokens';
import { backendKeyRecord, ENV_ID, environmentRecord, KEY_ID, keyRecord, ORG_ID, organizationRecord, USER_ID, userRecord } from './testing/records.js';
import { GatewayRig, type WireAnswer } from './testing/gateway-rig.js';

const API = '/api/backend/v1';
const KEYS = `${API}/end_user_api_keys`;
let rig: GatewayRig;
beforeAll(async () => {
  rig = await GatewayRig.start();
});
afterAll(() => rig.stop());
beforeEach(() => {
  rig.rpc.asked.length = 0;
  rig.rpc.replies = {};
});

const parsed = (answer: WireAnswer): unknown => JSON.parse(answer.text);
const noneAsked = (): void => expect(rig.rpc.asked).toEqual([]);

describe('keys', () => {
  it('the response has the token, but no message does: services get its digest', async () => {
    rig.rpc.replies['keys.issue-key'] = () => ({ keyId: KEY_ID });
    const answer = await rig.json('POST', `${KEYS}/`, { user_id: USER_ID.toUpperCase(), expires_at_seconds: 1_900_000_000 });
    const { api_key_id: id, api_key_token: token } = parsed(answer) as { api_key_id: string; api_key_token: string };
    expect(token).toMatch(/^[0-9a-f]{96}$/);
    expect(token.startsWith(id)).toBe(true);
    expect(hasValidChecksum(token)).toBe(true);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(rig.rpc.asked[0]?.data).toMatchObject({
      keyId: id,
      digest: tokenDigest(nativeSpace(ENV_ID), token),
      tokenPrefix: null,
      imported: false,
      origin: 'backend',
      userId: USER_ID,
      expiresAtMs: 1_900_000_000_000,
    });
    expect(JSON.stringify(rig.rpc.asked)).not.toContain(token);
  });

  it('an environment with a prefix issues tokens with it, and stores no random character of them', async () => {
    rig.rpc.replies['keys.issue-key'] = () => ({ keyId: KEY_ID });
    const key = rig.node.backendKeys.add({ environment: environmentRecord({ backendTokenPrefix: 'acme_' }) });
    const token = (parsed(await rig.json('POST', KEYS, {}, { authorization: `Bearer ${key}` })) as { api_key_token: string }).api_key_token;
    expect(token).toMatch(/^acme_[0-9a-f]{96}$/);
    expect(rig.rpc.asked[0]?.data).toMatchObject({ tokenPrefix: token.slice(0, 10) });
  });

  it('an imported key is digested without its Bearer prefix, in the space of imported keys', async () => {
    rig.rpc.replies['keys.issue-key'] = () => ({ keyId: KEY_ID });
    const answer = await rig.json('POST', `${KEYS}/import`, { imported_api_key: 'Bearer old-key-of-a-customer' });
    expect(parsed(answer)).toEqual({ api_key_id: KEY_ID });
    expect(rig.rpc.asked[0]?.data).toMatchObject({ digest: tokenDigest(importedSpace(ENV_ID), 'old-key-of-a-customer'), imported: true });
  });

  it.each([[''], ['short'], ['é'.repeat(513)], [7], [undefined], ['Bearer short']])('the imported key %s is 400 on its field', async (imported_api_key) => {
    const answer = await rig.json('POST', `${KEYS}/import`, { imported_api_key });
    expect(answer.status).toBe(400);
    expect(parsed(answer)).toEqual({ imported_api_key: [expect.any(String)] });
    noneAsked();
  });

  it.each([
    [IMPORTED_TOKEN_MIN_BYTES - 1, 400],
    [IMPORTED_TOKEN_MIN_BYTES, 200],
    [IMPORTED_TOKEN_MAX_BYTES, 200],
    [IMPORTED_TOKEN_MAX_BYTES + 1, 400],
  ])('an imported key of %i bytes is %i: only keys that validations accept can be imported', async (bytes, status) => {
    rig.rpc.replies['keys.issue-key'] = () => ({ keyId: KEY_ID });
    expect((await rig.json('POST', `${KEYS}/import`, { imported_api_key: 'x'.repeat(bytes) })).status).toBe(status);
  });

  it('only the given fields of a key change; an expiry together with set_to_never_expire is refused', async () => {
    await rig.json('PATCH', `${KEYS}/${KEY_ID}`, { metadata: { a: 1 }, set_to_never_expire: false, expires_at_seconds: null });
    await rig.json('PATCH', `${KEYS}/${KEY_ID}`, { set_to_never_expire: true });
    expect(rig.rpc.asked.map(({ data }) => data)).toEqual([
      { keyId: KEY_ID, metadata: { a: 1 } },
      { keyId: KEY_ID, expiresAtMs: null },
    ]);
    expect((await rig.json('PATCH', `${KEYS}/${KEY_ID}`, { set_to_never_expire: true, expires_at_seconds: 1_900_000_000 })).status).toBe(400);
  });

  it.each([['user_id=nobody'], ['org_id=%20'], ['user_email=unknown@example.test'], [`user_id=${ORG_ID}&user_email=k@example.test`]])(
    'the filter %s lists nothing, without an error',
    async (filter) => {
      rig.rpc.replies['directory.fetch-user'] = (data) => {
        if ((data as { value: string }).value === 'k@example.test') return { user: userRecord(), orgs: [] };
        throw new Refusal('NOT_FOUND');
      };
      const answer = await rig.send('GET', `${KEYS}?${filter}&page_size=3`);
      expect(parsed(answer)).toEqual({ api_keys: [], total_api_keys: 0, current_page: 0, page_size: 3, has_more_results: false });
      expect(rig.rpc.asked.some(({ subject }) => subject === 'keys.list-keys')).toBe(false);
    },
  );

  it('user_email lists the keys of the user with that address', async () => {
    rig.rpc.replies['directory.fetch-user'] = () => ({ user: userRecord(), orgs: [] });
    rig.rpc.replies['keys.list-keys'] = () => ({ items: [{ key: keyRecord(), archived: true, endedAtMs: 1_000, lastUsedAtMs: null }], total: 1 });
    expect(parsed(await rig.send('GET', `${KEYS}/archived?user_email=k@example.test`))).toMatchObject({
      total_api_keys: 1,
      api_keys: [{ api_key_id: KEY_ID }],
    });
    expect(rig.rpc.asked[1]?.data).toMatchObject({ userId: USER_ID, orgId: null, life: 'archived' });
  });

  it.each([[''], ['?date='], ['?date=2023-02-29'], ['?date=2023-2-9'], ['?date=today']])('usage%s needs a day that exists', async (query) => {
    expect(parsed(await rig.send('GET', `${KEYS}/usage${query}`))).toEqual({ date: [expect.any(String)] });
  });
});

describe('repeated creations', () => {
  const once = { 'idempotency-key': 'order 17' };
  it.each([
    ['user/', 'create-user', { email: 'a@example.test' }],
    ['org/', 'create-organization', { name: 'N' }],
    ['end_user_api_keys', 'create-api-key', {}],
    ['end_user_api_keys/import', 'import-api-key', { imported_api_key: 'old-key-of-a-customer' }],
  ])('POST /%s with an Idempotency-Key has the command id of environment, backend key, route and that key', async (path, route, body) => {
    await rig.json('POST', `${API}/${path}`, body, once);
    const commandId = hash('sha256', [ENV_ID, 'b1', route, 'order 17'].join('\n'), 'hex');
    expect(rig.rpc.asked[0]?.caller).toMatchObject({ commandId, requestDigest: hash('sha256', JSON.stringify(body), 'hex') });
  });

  it('a request with a password is identified by a slow hash that includes the password', async () => {
    for (const password of ['first password', 'first password', 'other password'])
      await rig.json('POST', `${API}/user/`, { email: 'a@example.test', password }, once);
    const [first, repeated, other] = rig.rpc.asked.map(({ caller }) => caller);
    expect(repeated).toMatchObject({ commandId: first?.commandId, requestDigest: first?.requestDigest });
    expect(other?.requestDigest).not.toBe(first?.requestDigest);
    const body = hash('sha256', JSON.stringify({ email: 'a@example.test', password: 'first password' }), 'hex');
    expect(first?.requestDigest).toBe(scryptSync(body, first?.commandId ?? '', 32).toString('hex'));
  });

  it('without an Idempotency-Key, every request is a separate command', async () => {
    await rig.json('POST', KEYS, {});
    await rig.json('POST', KEYS, {});
    const [first, second] = rig.rpc.asked.map(({ caller }) => caller);
    expect(first?.commandId).not.toBe(second?.commandId);
    expect(first).not.toHaveProperty('requestDigest');
  });

  it('a call that creates nothing ignores the header', async () => {
    expect((await rig.send('DELETE', `${API}/user/${USER_ID}`, { headers: { 'idempotency-key': 'x'.repeat(300) } })).status).toBe(200);
  });

  it.each([[''], ['x'.repeat(256)], ['\u00e9']])('the key %s is 400 on `idempotency_key`', async (bad) => {
    const answer = await rig.json('POST', KEYS, {}, { 'idempotency-key': bad });
    expect(parsed(answer)).toEqual({ idempotency_key: [expect.any(String)] });
    noneAsked();
  });

  it('a repeated key creation is 409 with the id and no token', async () => {
    rig.rpc.replies['keys.issue-key'] = () => {
      throw new Refusal('TOKEN_SHOWN_ONCE', { subjectId: KEY_ID });
    };
    const created = await rig.json('POST', KEYS, {}, once);
    expect(created.status).toBe(409);
    expect(parsed(created)).toEqual({ api_key_id: KEY_ID, error: expect.any(String) });
  });

  it('an import returns the id from the service, which for a repeated import is that of the first', async () => {
    rig.rpc.replies['keys.issue-key'] = () => ({ keyId: KEY_ID });
    const imported = await rig.json('POST', `${KEYS}/import`, { imported_api_key: 'old-key-of-a-customer' }, once);
    expect(imported).toMatchObject({ status: 200, text: `{"api_key_id":"${KEY_ID}"}` });
    expect(rig.rpc.asked[0]?.data).not.toMatchObject({ keyId: KEY_ID });
  });

  it('the same key with another body is 400 on `idempotency_key`', async () => {
    rig.rpc.replies['directory.create-user'] = () => {
      throw new Refusal('IDEMPOTENCY_KEY_REUSED');
    };
    const answer = await rig.json('POST', `${API}/user/`, { email: 'a@example.test' }, once);
    expect(answer.status).toBe(400);
    expect(parsed(answer)).toEqual({ idempotency_key: [expect.any(String)] });
  });
});

describe('users and organizations', () => {
  it('creating a user returns the id, and every flag is false by default', async () => {
    rig.rpc.replies['directory.create-user'] = (data) => ({ userId: (data as { userId: string }).userId });
    const answer = await rig.json('POST', `${API}/user`, { email: 'a@example.test' });
    expect(parsed(answer)).toEqual({ user_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) });
    expect(rig.rpc.asked[0]?.data).toMatchObject({
      emailConfirmed: false,
      canCreateOrgs: false,
      password: null,
      profile: { updatePasswordRequired: false, properties: {}, metadata: null },
    });
  });

  it('an empty text clears a field of a user, and null leaves it', async () => {
    await rig.json('PUT', `${API}/user/${USER_ID}`, { username: '', first_name: null, metadata: {}, update_password_required: false });
    expect(rig.rpc.asked.map(({ data }) => data)).toEqual([{ userId: USER_ID, changes: { username: null, metadata: {}, updatePasswordRequired: false } }]);
  });

  it('creation and update of an organization spell the two flags of the domain differently', async () => {
    rig.rpc.replies['directory.create-organization'] = () => ({ orgId: ORG_ID, name: 'N' });
    expect(parsed(await rig.json('POST', `${API}/org/`, { name: 'N', enable_auto_joining_by_domain: true, members_must_have_matching_domain: false }))).toEqual(
      { org_id: ORG_ID, name: 'N' },
    );
    await rig.json('PUT', `${API}/org/${ORG_ID}`, { autojoin_by_domain: true, restrict_to_domain: false, require_2fa_by: '2030-01-01T00:00:00' });
    expect(rig.rpc.asked[0]?.data).toMatchObject({ profile: { autojoinByDomain: true, restrictToDomain: false } });
    expect(rig.rpc.asked[1]?.data).toEqual({
      orgId: ORG_ID,
      changes: { autojoinByDomain: true, restrictToDomain: false, require2faByMs: Date.UTC(2030, 0, 1) },
    });
  });

  it('additional_roles may be left out; a malformed id in a membership is 404', async () => {
    await rig.json('POST', `${API}/org/add_user`, { user_id: USER_ID, org_id: ORG_ID.toUpperCase(), role: 'Member' });
    expect(rig.rpc.asked[0]?.data).toEqual({ userId: USER_ID, orgId: ORG_ID, role: 'Member', additionalRoles: [] });
    expect(await rig.json('POST', `${API}/org/change_role`, { user_id: 'x', org_id: ORG_ID, role: 'Member' })).toMatchObject({ status: 404, text: '' });
  });

  it('memberships are included on request', async () => {
    rig.rpc.replies['directory.fetch-user'] = () => ({ user: userRecord(), orgs: [organizationRecord()] });
    expect(parsed(await rig.send('GET', `${API}/user/${USER_ID}?include_orgs=true`))).toMatchObject({
      org_id_to_org_info: { [ORG_ID]: { user_role: 'Admin' } },
    });
    expect(parsed(await rig.send('GET', `${API}/user/${USER_ID}?include_orgs=false`))).not.toHaveProperty('org_id_to_org_info');
    expect(parsed(await rig.send('GET', `${API}/user/${USER_ID}?include_orgs=yes`))).toEqual({ include_orgs: ['must be true or false'] });
  });

  it('a batch returns an array without malformed ids; more than 100 are 400 on `query`', async () => {
    rig.rpc.replies['directory.batch-users'] = () => ({ users: [{ user: userRecord(), orgs: [] }] });
    expect(parsed(await rig.json('POST', `${API}/user/user_ids?`, { user_ids: ['x', USER_ID.toUpperCase()] }))).toMatchObject([{ user_id: USER_ID }]);
    expect(rig.rpc.asked[0]?.data).toMatchObject({ by: 'id', values: [USER_ID] });
    const tooMany = await rig.json('POST', `${API}/user/emails`, { emails: Array.from({ length: 101 }, (_, n) => `u${n}@example.test`) });
    expect(parsed(tooMany)).toEqual({ query: [expect.any(String)] });
    expect(parsed(await rig.json('POST', `${API}/user/usernames`, { names: [] }))).toEqual({ usernames: [expect.any(String)] });
  });

  it('members are rows with their role', async () => {
    rig.rpc.replies['directory.query-users'] = () => ({ items: [{ user: userRecord(), orgs: [] }], total: 1 });
    expect(parsed(await rig.send('GET', `${API}/user/org/${ORG_ID}?role=Admin`))).toMatchObject({
      users: [{ role_in_org: 'Admin', additional_roles_in_org: [] }],
      total_users: 1,
    });
  });
});

describe('tokens', () => {
  it.each([['/api/v1'], [API]])('%s/token_verification_metadata has the key under both names', async (base) => {
    const pem = environmentRecord().publicKeyPem;
    expect(parsed(await rig.send('GET', `${base}/token_verification_metadata`))).toEqual({ verifier_key_pem: pem, public_key_pem: pem });
  });

  it.each([
    ['auth.example.test', 200],
    ['AUTH.Example.TEST:8443', 200],
    ['https://auth.example.test/', 200],
    ['', 200],
    ['other.example.test', 404],
    ['///', 404],
  ])('the tenant %s is %i', async (tenant, status) => {
    const answer = await rig.send('GET', '/api/v1/token_verification_metadata', { headers: { 'x-propelauth-url': tenant } });
    expect(answer.status).toBe(status);
    if (status === 404) expect(answer.text).toBe('');
  });

  it('an access token needs minutes in range; a malformed user id is an unknown user', async () => {
    rig.rpc.replies['directory.create-access-token'] = () => ({ accessToken: 'jwt' });
    const path = `${API}/access_token`;
    expect(parsed(await rig.json('POST', path, { user_id: USER_ID, duration_in_minutes: 43_200, active_org_id: null }))).toEqual({ access_token: 'jwt' });
    expect(parsed(await rig.json('POST', path, { user_id: USER_ID, duration_in_minutes: 43_201 }))).toEqual({ duration_in_minutes: [expect.any(String)] });
    expect(await rig.json('POST', path, { user_id: 'x', duration_in_minutes: 1 })).toMatchObject({ status: 403, text: '' });
  });

  it('a validation-only key can fetch the metadata and nothing else', async () => {
    const key = rig.node.backendKeys.add({ backendKey: backendKeyRecord({ accessKind: 'validation-only' }) });
    const headers = { authorization: `Bearer ${key}` };
    expect((await rig.send('GET', '/api/v1/token_verification_metadata', { headers })).status).toBe(200);
    expect((await rig.send('GET', `${API}/user/${USER_ID}`, { headers })).status).toBe(403);
  });
});
