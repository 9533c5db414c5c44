import type { BackendEndpointId } from '@app/http-api';
import { type JsonObject, KEYS, textAt, V1 } from '@test/support/clients/backend-api.js';
import { type CanaryClient, freshName, type IssuedField } from './canary-client.js';
import type { PlantedSecrets } from './planted-secrets.js';

/** Things that exist, for one call that may end them. */
export interface Stage {
  readonly user_id: string;
  readonly org_id: string;
  readonly api_key_id: string;
  readonly email: string;
  readonly username: string;
  /** Of no organization. */
  readonly loneUserId: string;
  readonly token: string;
  readonly importedToken: string;
  /** Empty where the call needs none. */
  readonly refreshToken: string;
}

export interface EndpointCall {
  readonly body?: (stage: Stage, planted: PlantedSecrets) => JsonObject;
  readonly query?: (stage: Stage) => Readonly<Record<string, string>>;
  /** Where the answer shows a secret, this once. */
  readonly issues?: IssuedField;
  /** The stage has a session, for which the user has a password. */
  readonly needsSession?: true;
}

const address = (): string => `${freshName()}@example.test`;
const member = ({ user_id, org_id }: Stage): JsonObject => ({ user_id, org_id });

/** A call that gets 200, for every endpoint there is: the types ask for a row for a new one, and so does a test. */
export const ENDPOINT_CALLS: Readonly<Record<BackendEndpointId, EndpointCall>> = {
  'create-user': { body: (_, planted) => ({ email: address(), password: planted.oddText('password given to create-user') }) },
  'fetch-user': { query: () => ({ include_orgs: 'true' }) },
  'fetch-user-by-email': { query: ({ email }) => ({ email }) },
  'fetch-user-by-username': { query: ({ username }) => ({ username }) },
  'batch-users-by-id': { body: ({ user_id }) => ({ user_ids: [user_id] }) },
  'batch-users-by-email': { body: ({ email }) => ({ emails: [email] }) },
  'batch-users-by-username': { body: ({ username }) => ({ usernames: [username] }) },
  'query-users': { query: ({ username }) => ({ email_or_username: username }) },
  'query-users-in-org': {},
  'update-user': { body: () => ({ first_name: 'Ada' }) },
  'update-email': { body: () => ({ new_email: address() }) },
  'update-password': { body: (_, planted) => ({ password: planted.oddText('password given to update-password') }) },
  'clear-password': {},
  'disable-user': {},
  'enable-user': {},
  'delete-user': {},
  'logout-all-sessions': {},
  'enable-org-creation': {},
  'disable-org-creation': {},
  'create-organization': { body: () => ({ name: `Org ${freshName()}` }) },
  'fetch-organization': {},
  'query-organizations': { body: () => ({ page_size: 5 }), query: () => ({ page_size: '5' }) },
  'update-organization': { body: () => ({ metadata: { plan: 'pro' } }) },
  'delete-organization': {},
  'add-member': { body: ({ loneUserId, org_id }) => ({ user_id: loneUserId, org_id, role: 'Member' }) },
  'change-role': { body: (stage) => ({ ...member(stage), role: 'Admin' }) },
  'remove-member': { body: member },
  'create-api-key': { body: ({ user_id }) => ({ user_id }), issues: 'api_key_token' },
  'import-api-key': { body: ({ user_id }, planted) => ({ user_id, imported_api_key: planted.oddText('token given to import-api-key') }) },
  'fetch-api-key': {},
  'list-api-keys': { query: ({ user_id }) => ({ user_id }) },
  'list-archived-api-keys': {},
  'count-api-key-usage': { query: () => ({ date: '2024-01-31' }) },
  'update-api-key': { body: () => ({ metadata: { scope: 'read' } }) },
  'delete-api-key': {},
  'validate-api-key': { body: ({ token }) => ({ api_key_token: token }) },
  'validate-imported-api-key': { body: ({ importedToken }) => ({ api_key_token: `Bearer ${importedToken}` }) },
  'create-access-token': { body: ({ user_id }) => ({ user_id, duration_in_minutes: 5 }), issues: 'access_token' },
  'token-verification-metadata': {},
  'refresh-session-by-backend': { body: ({ refreshToken }) => ({ refresh_token: refreshToken }), issues: 'refresh_token', needsSession: true },
  'log-out-by-backend': { body: ({ refreshToken }) => ({ refresh_token: refreshToken }), needsSession: true },
};

const startSession = async (client: CanaryClient, email: string, userId: string): Promise<string> => {
  const password = client.planted.oddText('password of a session');
  await client.done('a password for a session', 'PUT', `${V1}/user/${userId}/password`, { password });
  return (await client.logIn('a session', email, password)).refreshToken;
};

export const prepareStage = async (client: CanaryClient, needsSession = false): Promise<Stage> => {
  const [email, username] = [address(), freshName()];
  const label = 'preparing a stage';
  const user_id = textAt(await client.done(label, 'POST', `${V1}/user/`, { email, username }), 'user_id');
  const loneUserId = textAt(await client.done(label, 'POST', `${V1}/user/`, { email: address() }), 'user_id');
  const org_id = textAt(await client.done(label, 'POST', `${V1}/org/`, { name: `Org ${freshName()}` }), 'org_id');
  await client.done(label, 'POST', `${V1}/org/add_user`, { user_id, org_id, role: 'Member' });
  const { secret: token, answer } = await client.issue(label, 'POST', KEYS, { user_id, org_id }, 'api_key_token');
  const importedToken = client.planted.oddText('token imported by preparing a stage');
  await client.done(label, 'POST', `${KEYS}/import`, { imported_api_key: importedToken });
  const refreshToken = needsSession ? await startSession(client, email, user_id) : '';
  return { user_id, loneUserId, org_id, email, username, token, importedToken, refreshToken, api_key_id: textAt(answer, 'api_key_id') };
};
