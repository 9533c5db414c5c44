import type { BackendEndpointId } from '@app/http-api';
import type { BackendApi, Method } from '@test/support/clients/backend-api.js';
import { KEYS, V1 } from '@test/support/clients/backend-api.js';
import { EndUserApi } from '@test/support/clients/browser-session.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

/** Things that exist, like those in the examples of the reference: an answer can only have the fields that were set. */
export interface Stage {
  readonly userId: string;
  readonly orgId: string;
  readonly keyId: string;
  readonly token: string;
  readonly legacyToken: string;
  readonly refreshToken: string;
}

const USER = `${V1}/user`;
const ORG = `${V1}/org`;
const LEGACY = 'a key that another system made';

export const prepareStage = async (api: BackendApi, server: Pick<TestedServer, 'origin' | 'authUrl'>): Promise<Stage> => {
  const userId = await api.createUser({
    email: 'ada@example.test',
    username: 'ada',
    first_name: 'Ada',
    last_name: 'Lovelace',
    password: 'a long enough password',
  });
  const orgId = await api.createOrg({ name: 'Blue Fig', domain: 'example.com', max_users: 50 });
  await api.done('PUT', `${ORG}/${orgId}`, { metadata: { plan: 'pro' } });
  await api.addMember(userId, orgId, 'Admin');
  const owner = { user_id: userId, org_id: orgId, metadata: { scope: 'read' }, display_name: 'ci' };
  const { id: keyId, token } = await api.issueKey(owner);
  const { token: legacyToken } = await api.importKey(LEGACY, owner);
  const { id: endedId } = await api.issueKey(owner);
  await api.done('DELETE', `${KEYS}/${endedId}`);
  const endUser = EndUserApi.of(server);
  await endUser.logIn('ada@example.test', 'a long enough password');
  return { userId, orgId, keyId, token, legacyToken, refreshToken: endUser.tokens.refreshToken };
};

/** Each is made on a stage of its own kind of state, in this order: what ends things comes last. */
export type LiveCall = readonly [method: Method, path: string, body?: Readonly<Record<string, unknown>>];

export const liveCalls = ({ userId, orgId, keyId, token, legacyToken, refreshToken }: Stage): Readonly<Record<BackendEndpointId, LiveCall>> => ({
  'create-user': ['POST', `${USER}/`, { email: 'bob@example.test' }],
  'fetch-user': ['GET', `${USER}/${userId}?include_orgs=true`],
  'fetch-user-by-email': ['GET', `${USER}/email?email=ada@example.test`],
  'fetch-user-by-username': ['GET', `${USER}/username?username=ada`],
  'batch-users-by-id': ['POST', `${USER}/user_ids`, { user_ids: [userId] }],
  'batch-users-by-email': ['POST', `${USER}/emails`, { emails: ['ada@example.test'] }],
  'batch-users-by-username': ['POST', `${USER}/usernames`, { usernames: ['ada'] }],
  'query-users': ['GET', `${USER}/query?email_or_username=ada`],
  'query-users-in-org': ['GET', `${USER}/org/${orgId}`],
  'create-organization': ['POST', `${ORG}/`, { name: 'Green Fig' }],
  'fetch-organization': ['GET', `${ORG}/${orgId}`],
  'query-organizations': ['POST', `${ORG}/query`, { name: 'Blue' }],
  'fetch-api-key': ['GET', `${KEYS}/${keyId}`],
  'list-api-keys': ['GET', `${KEYS}?user_id=${userId}`],
  'list-archived-api-keys': ['GET', `${KEYS}/archived?user_id=${userId}`],
  'count-api-key-usage': ['GET', `${KEYS}/usage?date=2026-01-31`],
  'validate-api-key': ['POST', `${KEYS}/validate`, { api_key_token: token }],
  'validate-imported-api-key': ['POST', `${KEYS}/validate_imported`, { api_key_token: legacyToken }],
  'create-api-key': ['POST', KEYS, {}],
  'import-api-key': ['POST', `${KEYS}/import`, { imported_api_key: `another ${LEGACY}` }],
  'create-access-token': ['POST', `${V1}/access_token`, { user_id: userId, duration_in_minutes: 5 }],
  'token-verification-metadata': ['GET', '/api/v1/token_verification_metadata'],
  'refresh-session-by-backend': ['POST', `${V1}/refresh_token`, { refresh_token: refreshToken }],
  'log-out-by-backend': ['POST', `${V1}/logout`, { refresh_token: refreshToken }],
  'update-user': ['PUT', `${USER}/${userId}`, { last_name: 'King' }],
  'update-email': ['PUT', `${USER}/${userId}/email`, { new_email: 'ada.king@example.test' }],
  'update-password': ['PUT', `${USER}/${userId}/password`, { password: 'another long password' }],
  'clear-password': ['PUT', `${USER}/${userId}/clear_password`],
  'enable-org-creation': ['PUT', `${USER}/${userId}/can_create_orgs/enable`],
  'disable-org-creation': ['POST', `${USER}/${userId}/can_create_orgs/disable`],
  'logout-all-sessions': ['POST', `${USER}/${userId}/logout_all_sessions`],
  'update-organization': ['PUT', `${ORG}/${orgId}`, { max_users: 60 }],
  'change-role': ['POST', `${ORG}/change_role`, { user_id: userId, org_id: orgId, role: 'Member' }],
  'remove-member': ['POST', `${ORG}/remove_user`, { user_id: userId, org_id: orgId }],
  'add-member': ['POST', `${ORG}/add_user`, { user_id: userId, org_id: orgId, role: 'Owner' }],
  'update-api-key': ['PATCH', `${KEYS}/${keyId}`, { metadata: { scope: 'write' } }],
  'delete-api-key': ['DELETE', `${KEYS}/${keyId}`],
  'disable-user': ['POST', `${USER}/${userId}/disable`],
  'enable-user': ['POST', `${USER}/${userId}/enable`],
  'delete-user': ['DELETE', `${USER}/${userId}`],
  'delete-organization': ['DELETE', `${ORG}/${orgId}`],
});
