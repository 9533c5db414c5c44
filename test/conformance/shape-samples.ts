import { decodeJwt } from 'jose';
import { at, type BackendApi, isObject, type JsonObject, KEYS, listAt, textAt, V1 } from '@test/support/clients/backend-api.js';

/** Answers of a real server, each made once with everything set ("full") and once with nothing but what is needed ("bare"). */
export interface Samples {
  readonly keys: Readonly<Record<string, unknown>>;
  readonly keyPages: Readonly<Record<string, unknown>>;
  readonly createdKeys: Readonly<Record<string, unknown>>;
  readonly validations: Readonly<Record<string, unknown>>;
  readonly users: Readonly<Record<string, unknown>>;
  readonly usersWithOrgs: Readonly<Record<string, unknown>>;
  readonly usersInOrg: Readonly<Record<string, unknown>>;
  readonly usersByUsername: Readonly<Record<string, unknown>>;
  readonly userPages: Readonly<Record<string, unknown>>;
  readonly memberships: Readonly<Record<string, unknown>>;
  readonly orgs: Readonly<Record<string, unknown>>;
  readonly orgRows: Readonly<Record<string, unknown>>;
  readonly orgPages: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly others: {
    readonly imported: unknown;
    readonly usage: unknown;
    readonly user: unknown;
    readonly org: unknown;
    readonly accessToken: unknown;
    readonly verification: readonly unknown[];
  };
}

const hour = (): number => Math.floor(Date.now() / 1000) + 3600;

interface People {
  readonly bareUser: string;
  readonly fullUser: string;
  readonly bareOrg: string;
  readonly fullOrg: string;
  readonly username: string;
  readonly email: string;
}

const people = async (api: BackendApi): Promise<People> => {
  const [email, username] = [api.newEmail(), `u${crypto.randomUUID().slice(0, 8)}`];
  const bareUser = await api.createUser();
  const fullUser = await api.createUser({
    email,
    username,
    email_confirmed: true,
    password: 'a long enough password 1',
    first_name: 'Ada',
    last_name: 'Lovelace',
    properties: { team: 'x' },
    can_create_orgs: true,
    metadata: { plan: 1 },
  });
  await api.done('PUT', `${V1}/user/${fullUser}`, {
    picture_url: 'https://example.test/a.png',
    legacy_user_id: `old-${username}`,
    metadata: { plan: 'pro' },
    update_password_required: true,
  });
  const bareOrg = await api.createOrg();
  const fullOrg = await api.createOrg({ domain: `${username}.test`, max_users: 7, legacy_org_id: `old-${username}` });
  await api.addMember(fullUser, bareOrg, 'Member');
  await api.addMember(fullUser, fullOrg, 'Owner');
  await api.done('PUT', `${V1}/org/${fullOrg}`, {
    autojoin_by_domain: true,
    restrict_to_domain: true,
    metadata: { tier: 1 },
    can_setup_saml: true,
    extra_domains: [`more-${username}.test`],
    password_rotation_enabled: true,
    password_rotation_history_size: 3,
    password_rotation_period: 90,
    custom_role_mapping_name: 'mapping',
    require_2fa_by: '2030-01-01',
  });
  return { bareUser, fullUser, bareOrg, fullOrg, username, email };
};

const keySamples = async (
  api: BackendApi,
  { fullUser, fullOrg, bareOrg }: People,
): Promise<Pick<Samples, 'keys' | 'keyPages' | 'createdKeys' | 'validations'>> => {
  const kinds: Readonly<Record<string, JsonObject>> = {
    personal: { user_id: fullUser, metadata: { a: 1 }, expires_at_seconds: hour(), display_name: 'full' },
    organization: { org_id: fullOrg, metadata: { a: 1 } },
    'organization and user': { user_id: fullUser, org_id: fullOrg, expires_at_seconds: hour() },
    'bare organization': { org_id: bareOrg },
    generic: {},
  };
  const createdKeys: Record<string, unknown> = {};
  const keys: Record<string, unknown> = {};
  const validations: Record<string, unknown> = {};
  for (const [kind, fields] of Object.entries(kinds)) {
    const made = await api.done('POST', KEYS, fields);
    createdKeys[`created ${kind} key`] = made;
    keys[`fetched ${kind} key`] = await api.done('GET', `${KEYS}/${textAt(made, 'api_key_id')}`);
    validations[`validated ${kind} key`] = await api.done('POST', `${KEYS}/validate`, { api_key_token: textAt(made, 'api_key_token') });
  }
  const legacy = `legacy-${crypto.randomUUID()}`;
  await api.importKey(legacy, { user_id: fullUser, org_id: fullOrg });
  validations['validated imported key'] = await api.done('POST', `${KEYS}/validate_imported`, { api_key_token: legacy });
  const dead = await api.issueKey({ user_id: fullUser });
  await api.done('DELETE', `${KEYS}/${dead.id}`);
  const current = await api.done('GET', `${KEYS}?user_id=${fullUser}`);
  const archived = await api.done('GET', `${KEYS}/archived?user_id=${fullUser}`);
  keys['current key'] = at(current, 'api_keys', 0);
  keys['archived key'] = at(archived, 'api_keys', 0);
  keys['fetched deleted key'] = await api.done('GET', `${KEYS}/${dead.id}`);
  const empty = await api.done('GET', `${KEYS}?user_id=${crypto.randomUUID()}`);
  return { keys, createdKeys, validations, keyPages: { 'page of current keys': current, 'page of archived keys': archived, 'empty page of keys': empty } };
};

const userSamples = async (api: BackendApi, { bareUser, fullUser, fullOrg, username, email }: People) => {
  const query = await api.done('GET', `${V1}/user/query?include_orgs=true&email_or_username=${username}`);
  const members = await api.done('GET', `${V1}/user/org/${fullOrg}?include_orgs=true`);
  const withOrgs = await api.done('GET', `${V1}/user/${fullUser}?include_orgs=true`);
  const batch = async (by: string, value: string): Promise<unknown> => {
    const { text } = await api.call('POST', `${V1}/user/${by}?include_orgs=true`, { [by]: [value] });
    return at(JSON.parse(text), 0);
  };
  const usersWithOrgs: Record<string, unknown> = {
    'fetched user with organizations': withOrgs,
    'fetched bare user with organizations': await api.done('GET', `${V1}/user/${bareUser}?include_orgs=true`),
    'queried user with organizations': at(query, 'users', 0),
    'batch user by id with organizations': await batch('user_ids', fullUser),
    'batch user by email with organizations': await batch('emails', email),
  };
  const byUsername = await batch('usernames', username);
  return {
    users: {
      'fetched full user': await api.done('GET', `${V1}/user/${fullUser}`),
      'fetched bare user': await api.done('GET', `${V1}/user/${bareUser}`),
      'user by email': await api.done('GET', `${V1}/user/email?email=${encodeURIComponent(email)}`),
      'user by username': await api.done('GET', `${V1}/user/username?username=${username}`),
    },
    usersWithOrgs,
    usersInOrg: { 'user in organization': at(members, 'users', 0) },
    usersByUsername: { 'batch user by username': byUsername },
    userPages: {
      'page of users': query,
      'page of users in organization': members,
      'empty page of users in organization': await api.done('GET', `${V1}/user/org/${crypto.randomUUID()}`),
    },
    memberships: {
      'membership of fetched user': at(withOrgs, 'org_id_to_org_info', fullOrg),
      'membership of user in organization': at(members, 'users', 0, 'org_id_to_org_info', fullOrg),
    },
  };
};

const tokenSamples = async (api: BackendApi, { bareUser, fullUser, fullOrg }: People) => {
  const tokenFor = (fields: JsonObject): Promise<JsonObject> => api.done('POST', `${V1}/access_token`, { duration_in_minutes: 10, ...fields });
  const accessToken = await tokenFor({ user_id: fullUser });
  const claimsOf = (answer: JsonObject): unknown => decodeJwt(textAt(answer, 'access_token'));
  return {
    accessToken,
    claims: {
      'access token': claimsOf(accessToken),
      'access token of a bare user': claimsOf(await tokenFor({ user_id: bareUser, active_org_id: null })),
      'access token with an active organization': claimsOf(await tokenFor({ user_id: fullUser, active_org_id: fullOrg })),
    },
  };
};

export const takeSamples = async (api: BackendApi): Promise<Samples> => {
  const those = await people(api);
  const keys = await keySamples(api, those);
  const users = await userSamples(api, those);
  const { claims, accessToken } = await tokenSamples(api, those);
  const rows = await api.done('GET', `${V1}/org/query?page_size=100`);
  const validated = keys.validations['validated organization and user key'];
  return {
    ...keys,
    ...users,
    claims,
    memberships: {
      ...users.memberships,
      'membership of validation': at(validated, 'user_in_org'),
      "membership in the validation's user": at(validated, 'user', 'org_id_to_org_info', those.fullOrg),
      'membership in an access token': at(claims['access token'], 'org_id_to_org_member_info', those.fullOrg),
      'active membership in an access token': at(claims['access token with an active organization'], 'org_member_info'),
    },
    orgs: {
      'fetched full organization': await api.done('GET', `${V1}/org/${those.fullOrg}`),
      'fetched bare organization': await api.done('GET', `${V1}/org/${those.bareOrg}`),
    },
    orgRows: Object.fromEntries(
      listAt(rows, 'orgs')
        .filter(isObject)
        .slice(0, 2)
        .map((row, index) => [`organization row ${String(index)}`, row]),
    ),
    orgPages: { 'page of organizations': rows, 'page of organizations by POST': await api.done('POST', `${V1}/org/query`, {}) },
    others: {
      imported: await api.done('POST', `${KEYS}/import`, { imported_api_key: `legacy-${crypto.randomUUID()}` }),
      usage: await api.done('GET', `${KEYS}/usage?date=2024-02-29`),
      user: await api.done('POST', `${V1}/user/`, { email: api.newEmail() }),
      org: await api.done('POST', `${V1}/org/`, { name: 'Some organization' }),
      accessToken,
      verification: [await api.done('GET', '/api/v1/token_verification_metadata'), await api.done('GET', `${V1}/token_verification_metadata`)],
    },
  };
};
