import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackendEndpointId, BACKEND_ENDPOINTS } from '@app/http-api';
import { BackendApi, type IssuedKey, KEYS, type Method, objectOf, textAt, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import { testedModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

/** What the first environment holds. Every text that only it holds has `mark` in it. */
interface Held {
  readonly userId: string;
  readonly orgId: string;
  readonly key: IssuedKey;
  readonly imported: IssuedKey;
  readonly refreshToken: string;
}

/** One try of the second environment's key on the first one's things, and the status that it gets. */
interface Try {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
}

const MARK = 'only-the-first-environment';
const ADDRESS = `${MARK}@example.test`;
const PASSWORD = 'a long enough password';
const DAY = new Date().toISOString().slice(0, 10);

const tryOf = (method: Method, path: string, status: number, body?: unknown): Try => ({ method, path, status, body });
const gone = (method: Method, path: string, body?: unknown): Try => tryOf(method, path, 404, body);
const listed = (path: string): Try => tryOf('GET', path, 200);
const asked = (path: string, body: unknown): Try => tryOf('POST', path, 200, body);
const refused = (path: string, body: unknown): Try => tryOf('POST', path, 400, body);

/** `own`: a user and an organization of the second environment, to mix with those of the first. */
const tries = (
  { userId, orgId, key, imported, refreshToken }: Held,
  own: Pick<Held, 'userId' | 'orgId'>,
): Readonly<Record<BackendEndpointId, readonly Try[]>> => {
  const user = `${V1}/user/${userId}`;
  const org = `${V1}/org/${orgId}`;
  const mixed = [
    { user_id: userId, org_id: orgId },
    { user_id: own.userId, org_id: orgId },
    { user_id: userId, org_id: own.orgId },
  ];
  const owners = [{ user_id: userId }, { org_id: orgId }, ...mixed];
  return {
    'create-user': [asked(`${V1}/user/`, { email: 'new@example.test' })],
    'fetch-user': [gone('GET', `${user}?include_orgs=true`)],
    'fetch-user-by-email': [gone('GET', `${V1}/user/email?email=${ADDRESS}`)],
    'fetch-user-by-username': [gone('GET', `${V1}/user/username?username=${MARK}`)],
    'batch-users-by-id': [asked(`${V1}/user/user_ids?include_orgs=true`, { user_ids: [userId, own.userId] })],
    'batch-users-by-email': [asked(`${V1}/user/emails`, { emails: [ADDRESS] })],
    'batch-users-by-username': [asked(`${V1}/user/usernames`, { usernames: [MARK] })],
    'query-users': ['', `&email_or_username=${MARK}`, `&legacy_user_id=${MARK}`].map((filter) =>
      listed(`${V1}/user/query?include_orgs=true&page_size=100${filter}`),
    ),
    'query-users-in-org': [listed(`${V1}/user/org/${orgId}?include_orgs=true`)],
    'update-user': [gone('PUT', user, { first_name: 'x' }), gone('PUT', user, { can_create_orgs: true })],
    'update-email': [gone('PUT', `${user}/email`, { new_email: 'other@example.test' })],
    'update-password': [gone('PUT', `${user}/password`, { password: 'a new password' })],
    'clear-password': [gone('PUT', `${user}/clear_password`)],
    'disable-user': [gone('POST', `${user}/disable`)],
    'enable-user': [gone('POST', `${user}/enable`)],
    'delete-user': [gone('DELETE', user)],
    'logout-all-sessions': [gone('POST', `${user}/logout_all_sessions`)],
    'enable-org-creation': [gone('PUT', `${user}/can_create_orgs/enable`), gone('POST', `${user}/can_create_orgs/enable`)],
    'disable-org-creation': [gone('PUT', `${user}/can_create_orgs/disable`), gone('POST', `${user}/can_create_orgs/disable`)],
    'create-organization': [asked(`${V1}/org/`, { name: 'The second one' })],
    'fetch-organization': [gone('GET', org)],
    'query-organizations': [
      ...[{}, { name: MARK }, { legacy_org_id: MARK }, { domain: `${MARK}.test` }].map((filter) => asked(`${V1}/org/query`, { page_size: 100, ...filter })),
      listed(`${V1}/org/query?name=${MARK}`),
    ],
    'update-organization': [gone('PUT', org, { name: 'x' })],
    'delete-organization': [gone('DELETE', org)],
    'add-member': mixed.map((ids) => gone('POST', `${V1}/org/add_user`, { ...ids, role: 'Owner' })),
    'change-role': mixed.map((ids) => gone('POST', `${V1}/org/change_role`, { ...ids, role: 'Owner' })),
    'remove-member': mixed.map((ids) => gone('POST', `${V1}/org/remove_user`, ids)),
    'create-api-key': owners.map((owner) => refused(KEYS, owner)),
    'import-api-key': owners.map((owner) => refused(`${KEYS}/import`, { ...owner, imported_api_key: 'a token of another system' })),
    'fetch-api-key': [gone('GET', `${KEYS}/${key.id}`), gone('GET', `${KEYS}/${imported.id}`)],
    'list-api-keys': ['', `&user_id=${userId}`, `&org_id=${orgId}`, `&user_email=${ADDRESS}`].map((filter) => listed(`${KEYS}?page_size=100${filter}`)),
    'list-archived-api-keys': ['', `&user_id=${userId}`, `&org_id=${orgId}`].map((filter) => listed(`${KEYS}/archived?page_size=100${filter}`)),
    'count-api-key-usage': ['', `&user_id=${userId}`, `&org_id=${orgId}`, `&api_key_id=${key.id}`].map((filter) =>
      listed(`${KEYS}/usage?date=${DAY}${filter}`),
    ),
    'update-api-key': [gone('PATCH', `${KEYS}/${key.id}`, { metadata: {} }), gone('PATCH', `${KEYS}/${key.id}`, { set_to_never_expire: true })],
    'delete-api-key': [gone('DELETE', `${KEYS}/${key.id}`), gone('DELETE', `${KEYS}/${imported.id}`)],
    'validate-api-key': [refused(`${KEYS}/validate`, { api_key_token: key.token }), refused(`${KEYS}/validate`, { api_key_token: imported.token })],
    'validate-imported-api-key': [
      refused(`${KEYS}/validate_imported`, { api_key_token: imported.token }),
      refused(`${KEYS}/validate_imported`, { api_key_token: key.token }),
    ],
    'create-access-token': [
      tryOf('POST', `${V1}/access_token`, 403, { user_id: userId, duration_in_minutes: 5 }),
      refused(`${V1}/access_token`, { user_id: own.userId, duration_in_minutes: 5, active_org_id: orgId }),
    ],
    'refresh-session-by-backend': [refused(`${V1}/refresh_token`, { refresh_token: refreshToken })],
    // To another environment it is a token of no session, whose holder is logged out already.
    'log-out-by-backend': [asked(`${V1}/logout`, { refresh_token: refreshToken })],
    'token-verification-metadata': [listed(`${V1}/token_verification_metadata`)],
  };
};

describe.each(testedModes)('a backend key of one environment, $name', ({ start }) => {
  let server: TestedServer;
  let first: BackendApi;
  let second: BackendApi;
  let held: Held;
  let own: Pick<Held, 'userId' | 'orgId'>;

  beforeAll(async () => {
    server = await start();
    first = BackendApi.of(server);
    second = new BackendApi(server.origin, await server.newEnvironment('second'));
    const userId = await first.createUser({ email: ADDRESS, username: MARK, password: PASSWORD, metadata: { mark: MARK } });
    await first.done('PUT', `${V1}/user/${userId}`, { legacy_user_id: MARK });
    const orgId = await first.createOrg({ name: MARK, domain: `${MARK}.test`, legacy_org_id: MARK });
    await first.addMember(userId, orgId, 'Owner');
    const key = await first.issueKey({ user_id: userId, org_id: orgId, metadata: { mark: MARK } });
    const endUser = EndUserApi.of(server);
    await endUser.logIn(ADDRESS, PASSWORD);
    held = { userId, orgId, key, imported: await first.importKey(`a token ${MARK}`, { user_id: userId }), refreshToken: endUser.tokens.refreshToken };
    own = { userId: await second.createUser(), orgId: await second.createOrg() };
    expect((await first.validate(key.token)).status).toBe(200);
  });
  afterAll(() => server?.remove());

  /** All that the first environment shows of itself, usage and last use aside. */
  const picture = (): Promise<readonly unknown[]> =>
    Promise.all(
      [`${V1}/user/query?include_orgs=true`, `${V1}/org/query`, KEYS, `${KEYS}/archived`, `${V1}/org/${held.orgId}`, `${KEYS}/${held.key.id}`].map((path) =>
        first.done('GET', path),
      ),
    );

  it('neither sees nor changes anything of another one, whatever it asks of any endpoint', async () => {
    const before = await picture();
    const all = tries(held, own);
    expect(Object.keys(all).toSorted()).toEqual(BACKEND_ENDPOINTS.map(({ id }) => id as string).toSorted());
    const secrets = [MARK, held.userId, held.orgId, held.key.id, held.imported.id];
    for (const { method, path, body, status } of Object.values(all).flat()) {
      const { status: answered, text } = await second.call(method, path, body);
      expect([method, path, body, answered, secrets.filter((secret) => text.includes(secret))]).toEqual([method, path, body, status, []]);
    }
    expect(await picture()).toEqual(before);
    expect((await first.validate(held.key.token)).status).toBe(200);
    expect((await first.validateImported(held.imported.token)).status).toBe(200);
    expect((await first.call('POST', `${V1}/refresh_token`, { refresh_token: held.refreshToken })).status).toBe(200);
  });

  it('counts no validation of another one', async () => {
    for (const filter of ['', `&api_key_id=${held.key.id}`, `&user_id=${held.userId}`]) {
      expect(objectOf(await second.call('GET', `${KEYS}/usage?date=${DAY}${filter}`))).toEqual({ count: 0 });
    }
  });

  it('may take the same address, imported token and Idempotency-Key as another one, and each stays its own', async () => {
    const token = `a token ${MARK}`;
    const imported = await second.importKey(token);
    await second.createUser({ email: ADDRESS, username: MARK });
    expect(imported.id).not.toBe(held.imported.id);
    expect(objectOf(await second.validateImported(token))).toMatchObject({ user_id: null });
    expect(objectOf(await first.validateImported(token))).toMatchObject({ user_id: held.userId });
    const made = await Promise.all(
      [first, second].map((api) => api.call('POST', `${V1}/user/`, { email: 'same@example.test' }, { 'idempotency-key': 'same' })),
    );
    const [one, other] = made.map((answer) => textAt(objectOf(answer), 'user_id'));
    expect(one).not.toBe(other);
  });

  it('signs with keys of its own, and the header of another tenant opens nothing', async () => {
    const path = `${V1}/token_verification_metadata`;
    expect(textAt(await first.done('GET', path), 'public_key_pem')).not.toBe(textAt(await second.done('GET', path), 'public_key_pem'));
    expect((await second.call('GET', path, undefined, { 'x-propelauth-url': server.authUrl })).status).toBe(404);
  });
});
