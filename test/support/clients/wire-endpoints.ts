import { KEYS, type JsonObject, type Method, V1 } from './backend-api.js';

/** The ids that a path or body needs; those of things that exist, or of things that do not. */
export interface Ids {
  readonly keyId: string;
  readonly userId: string;
  readonly orgId: string;
}

export interface Endpoint {
  readonly name: string;
  readonly method: Method;
  readonly path: (ids: Ids) => string;
  /** Undefined: the call takes no body. */
  readonly body?: (ids: Ids) => JsonObject;
  /** The status for an unknown id; undefined if the call has no id in its path. */
  readonly missing?: 404;
  readonly usesOrganizations?: true;
}

const PASSWORD = 'a long enough password 1';
const member = ({ userId, orgId }: Ids): JsonObject => ({ user_id: userId, org_id: orgId });

/** Every endpoint of sections 3, 5 and 6.1 to 6.2 of the wire format. */
export const ENDPOINTS: readonly Endpoint[] = [
  { name: 'create key', method: 'POST', path: () => KEYS, body: () => ({}) },
  { name: 'fetch key', method: 'GET', path: ({ keyId }) => `${KEYS}/${keyId}`, missing: 404 },
  { name: 'current keys', method: 'GET', path: () => KEYS },
  { name: 'archived keys', method: 'GET', path: () => `${KEYS}/archived` },
  { name: 'update key', method: 'PATCH', path: ({ keyId }) => `${KEYS}/${keyId}`, body: () => ({ metadata: { a: 1 } }), missing: 404 },
  { name: 'delete key', method: 'DELETE', path: ({ keyId }) => `${KEYS}/${keyId}`, missing: 404 },
  { name: 'validate', method: 'POST', path: () => `${KEYS}/validate`, body: () => ({ api_key_token: 'nonsense' }) },
  { name: 'import', method: 'POST', path: () => `${KEYS}/import`, body: () => ({ imported_api_key: `legacy-${crypto.randomUUID()}` }) },
  { name: 'validate imported', method: 'POST', path: () => `${KEYS}/validate_imported`, body: () => ({ api_key_token: 'nonsense' }) },
  { name: 'usage', method: 'GET', path: () => `${KEYS}/usage?date=2024-01-31` },
  { name: 'create user', method: 'POST', path: () => `${V1}/user/`, body: () => ({ email: `e-${crypto.randomUUID()}@example.test` }) },
  { name: 'fetch user', method: 'GET', path: ({ userId }) => `${V1}/user/${userId}`, missing: 404 },
  { name: 'user by email', method: 'GET', path: () => `${V1}/user/email?email=nobody%40example.test` },
  { name: 'user by username', method: 'GET', path: () => `${V1}/user/username?username=nobody` },
  { name: 'users by ids', method: 'POST', path: () => `${V1}/user/user_ids`, body: ({ userId }) => ({ user_ids: [userId] }) },
  { name: 'users by emails', method: 'POST', path: () => `${V1}/user/emails`, body: () => ({ emails: ['nobody@example.test'] }) },
  { name: 'users by usernames', method: 'POST', path: () => `${V1}/user/usernames`, body: () => ({ usernames: ['nobody'] }) },
  { name: 'query users', method: 'GET', path: () => `${V1}/user/query` },
  { name: 'users in org', method: 'GET', path: ({ orgId }) => `${V1}/user/org/${orgId}`, usesOrganizations: true },
  { name: 'update user', method: 'PUT', path: ({ userId }) => `${V1}/user/${userId}`, body: () => ({ first_name: 'Ada' }), missing: 404 },
  {
    name: 'update email',
    method: 'PUT',
    path: ({ userId }) => `${V1}/user/${userId}/email`,
    body: () => ({ new_email: `n-${crypto.randomUUID()}@example.test`, require_email_confirmation: false }),
    missing: 404,
  },
  { name: 'update password', method: 'PUT', path: ({ userId }) => `${V1}/user/${userId}/password`, body: () => ({ password: PASSWORD }), missing: 404 },
  { name: 'clear password', method: 'PUT', path: ({ userId }) => `${V1}/user/${userId}/clear_password`, missing: 404 },
  { name: 'disable user', method: 'POST', path: ({ userId }) => `${V1}/user/${userId}/disable`, missing: 404 },
  { name: 'enable user', method: 'POST', path: ({ userId }) => `${V1}/user/${userId}/enable`, missing: 404 },
  { name: 'logout all sessions', method: 'POST', path: ({ userId }) => `${V1}/user/${userId}/logout_all_sessions`, missing: 404 },
  { name: 'can create orgs, PUT enable', method: 'PUT', path: ({ userId }) => `${V1}/user/${userId}/can_create_orgs/enable`, missing: 404 },
  { name: 'can create orgs, POST enable', method: 'POST', path: ({ userId }) => `${V1}/user/${userId}/can_create_orgs/enable`, missing: 404 },
  { name: 'can create orgs, PUT disable', method: 'PUT', path: ({ userId }) => `${V1}/user/${userId}/can_create_orgs/disable`, missing: 404 },
  { name: 'can create orgs, POST disable', method: 'POST', path: ({ userId }) => `${V1}/user/${userId}/can_create_orgs/disable`, missing: 404 },
  { name: 'create org', method: 'POST', path: () => `${V1}/org/`, body: () => ({ name: `Org ${crypto.randomUUID()}` }), usesOrganizations: true },
  { name: 'fetch org', method: 'GET', path: ({ orgId }) => `${V1}/org/${orgId}`, missing: 404, usesOrganizations: true },
  { name: 'query orgs by POST', method: 'POST', path: () => `${V1}/org/query`, body: () => ({}), usesOrganizations: true },
  { name: 'query orgs by GET', method: 'GET', path: () => `${V1}/org/query`, usesOrganizations: true },
  { name: 'update org', method: 'PUT', path: ({ orgId }) => `${V1}/org/${orgId}`, body: () => ({ metadata: { a: 1 } }), missing: 404, usesOrganizations: true },
  {
    name: 'add user to org',
    method: 'POST',
    path: () => `${V1}/org/add_user`,
    body: (ids) => ({ ...member(ids), role: 'Member' }),
    missing: 404,
    usesOrganizations: true,
  },
  {
    name: 'change role',
    method: 'POST',
    path: () => `${V1}/org/change_role`,
    body: (ids) => ({ ...member(ids), role: 'Admin' }),
    missing: 404,
    usesOrganizations: true,
  },
  { name: 'remove user from org', method: 'POST', path: () => `${V1}/org/remove_user`, body: member, missing: 404, usesOrganizations: true },
  { name: 'access token', method: 'POST', path: () => `${V1}/access_token`, body: ({ userId }) => ({ user_id: userId, duration_in_minutes: 5 }) },
  { name: 'verification metadata', method: 'GET', path: () => '/api/v1/token_verification_metadata' },
  { name: 'verification metadata, backend path', method: 'GET', path: () => `${V1}/token_verification_metadata` },
  { name: 'delete org', method: 'DELETE', path: ({ orgId }) => `${V1}/org/${orgId}`, missing: 404, usesOrganizations: true },
  { name: 'delete user', method: 'DELETE', path: ({ userId }) => `${V1}/user/${userId}`, missing: 404 },
];

export const NOBODY: Ids = {
  keyId: '0123456789abcdef0123456789abcdef',
  userId: '11111111-1111-4111-8111-111111111111',
  orgId: '22222222-2222-4222-8222-222222222222',
};

/** Calls whose result is "true": the Rust client reads their answer as a JSON object. */
export const isChange = ({ name, method }: Endpoint): boolean =>
  ['PUT', 'PATCH', 'DELETE'].includes(method) || /^(?:disable|enable|logout|can create|add user|change role|remove user)/.test(name);

/** The path with a slash at its end, before the query. */
export const withTrailingSlash = (path: string): string => {
  const [route = '', query] = path.split('?');
  return (route.endsWith('/') ? route : `${route}/`) + (query === undefined ? '' : `?${query}`);
};
export const withoutTrailingSlash = (path: string): string => path.replace(/\/(?=$|\?)/, '');
