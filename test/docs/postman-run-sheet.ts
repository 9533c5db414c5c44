import { EXAMPLE } from '@app/gateway/reference/openapi/example-records.js';

/** One request of the collection. */
export interface Step {
  readonly operationId: string;
  /** Statuses that are fine beside the documented success, and when. */
  readonly orElse?: { readonly status: number; readonly when: string };
  /** Variables that the answer gives: by the path of a field in its body, or by the name of a cookie. */
  readonly captures?: Readonly<Record<string, { readonly field: string } | { readonly cookie: string }>>;
  /** Lines of script before the request is sent, and after it was answered well. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}
export interface Folder {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly Step[];
}

const step = (operationId: string, more: Omit<Step, 'operationId'> = {}): Step => ({ operationId, ...more });
const steps = (...ids: readonly string[]): readonly Step[] => ids.map((id) => step(id));
const field = (path: string) => ({ field: path });
const SESSION_COOKIES = { accessToken: { cookie: 'access_token' }, refreshToken: { cookie: 'refresh_token' } };

/** Whose place in the requests the values of the examples hold. */
export const VARIABLES: ReadonlyMap<unknown, string> = new Map([
  [EXAMPLE.userId, 'userId'],
  [EXAMPLE.orgId, 'orgId'],
  [EXAMPLE.keyId, 'apiKeyId'],
  [EXAMPLE.ownKeyId, 'ownApiKeyId'],
  [EXAMPLE.memberId, 'memberId'],
  [EXAMPLE.organizationKeyId, 'organizationKeyId'],
  [EXAMPLE.email, 'email'],
  [EXAMPLE.newEmail, 'newEmail'],
  [EXAMPLE.signupEmail, 'signupEmail'],
  [EXAMPLE.username, 'username'],
  [EXAMPLE.password, 'password'],
  [EXAMPLE.orgName, 'orgName'],
  [EXAMPLE.orgSlug, 'orgSlug'],
  [EXAMPLE.token, 'apiKeyToken'],
  [EXAMPLE.importedToken, 'importedToken'],
  [EXAMPLE.accessToken, 'accessToken'],
  [EXAMPLE.refreshToken, 'refreshToken'],
]);

/** What a reader fills in or may change; all other variables are filled by the answers. */
export const GIVEN_VARIABLES: Readonly<Record<string, string>> = { baseUrl: 'http://127.0.0.1:8080', backendKey: '', password: EXAMPLE.password };

// Addresses, names and tokens are taken once: each run has its own, so that it can be repeated.
const OWN_NAMES = [
  'const run = Date.now().toString(36);',
  "pm.collectionVariables.set('email', `ada-${run}@example.test`);",
  "pm.collectionVariables.set('newEmail', `ada.lovelace-${run}@example.test`);",
  "pm.collectionVariables.set('signupEmail', `grace-${run}@example.test`);",
  "pm.collectionVariables.set('username', `ada-${run}`);",
  "pm.collectionVariables.set('orgName', `Blue Fig ${run}`);",
  "pm.collectionVariables.set('importedToken', `a key that another system made ${run}`);",
];

/** Every operation, in an order in which each finds what it needs: what creates comes first, what ends things last. */
export const FOLDERS: readonly Folder[] = [
  {
    name: 'Users',
    description: 'Backend API. Creates the user of all other requests.',
    steps: [
      step('create-user', { before: OWN_NAMES, captures: { userId: field('user_id') } }),
      ...steps(
        'fetch-user',
        'fetch-user-by-email',
        'fetch-user-by-username',
        'batch-users-by-id',
        'batch-users-by-email',
        'batch-users-by-username',
        'query-users',
        'update-user',
      ),
      step('update-email', { after: ["pm.collectionVariables.set('email', pm.collectionVariables.get('newEmail'));"] }),
      ...steps(
        'clear-password',
        'update-password',
        'enable-org-creation',
        'disable-org-creation',
        'enable-org-creation-by-post',
        'disable-org-creation-by-post',
      ),
      ...steps('disable-user', 'enable-user', 'logout-all-sessions'),
    ],
  },
  {
    name: 'Organizations',
    description: 'Backend API. Creates the organization of all other requests and makes the user an admin of it.',
    steps: [
      step('create-organization', { captures: { orgId: field('org_id') } }),
      step('fetch-organization', { captures: { orgSlug: field('url_safe_org_slug') } }),
      ...steps('query-organizations', 'query-organizations-by-get', 'update-organization', 'add-member', 'change-role', 'query-users-in-org'),
    ],
  },
  {
    name: 'API keys',
    description: 'Backend API. Creates a key and validates it.',
    steps: [
      step('create-api-key', { captures: { apiKeyId: field('api_key_id'), apiKeyToken: field('api_key_token') } }),
      ...steps('import-api-key', 'fetch-api-key', 'list-api-keys', 'validate-api-key', 'validate-imported-api-key', 'update-api-key', 'count-api-key-usage'),
    ],
  },
  {
    name: 'Frontend API',
    description: 'Logs the user in and makes a key as that user. Needs the host of the environment, or a loopback address of a deployment in one process.',
    steps: [
      step('log-in', { captures: SESSION_COOKIES }),
      step('fetch-login-state'),
      step('create-own-api-key', { captures: { ownApiKeyId: field('api_key_id') } }),
      ...steps('rename-own-api-key', 'list-personal-api-keys', 'list-org-api-keys'),
      step('sign-up', { orElse: { status: 403, when: 'public sign-up is disabled, as in a new environment' } }),
    ],
  },
  {
    name: 'Organization API',
    description: 'Makes a key of the organization as its admin, and asks with it.',
    steps: [
      step('create-organization-key', { captures: { organizationKey: field('data.key'), organizationKeyId: field('data.apiKey.id') } }),
      step('list-organization-keys'),
      step('verify-user-token', { captures: { memberId: field('data.user.id') } }),
      ...steps('fetch-member', 'fetch-own-organization'),
    ],
  },
  {
    name: 'Tokens',
    description: 'Backend API. Access tokens by a server of yours, and the session that it holds for the user.',
    steps: [
      ...steps('create-access-token', 'token-verification-metadata', 'token-verification-metadata-at-path-2'),
      step('refresh-session-by-backend', { captures: { refreshToken: field('refresh_token'), accessToken: field('access_token.access_token') } }),
    ],
  },
  {
    name: 'Sessions',
    description: 'What a page does to keep its user logged in.',
    steps: [
      step('refresh-session', { captures: { refreshToken: { cookie: 'refresh_token' }, accessToken: field('access_token') } }),
      step('fetch-signing-keys'),
    ],
  },
  {
    name: 'What ends things',
    description: 'Revokes the keys, ends the sessions and deletes what the requests before have made.',
    steps: [
      ...steps('delete-own-api-key', 'revoke-organization-key', 'delete-api-key', 'list-archived-api-keys', 'log-out'),
      step('log-in', { captures: SESSION_COOKIES }),
      step('log-out-by-backend'),
      step('log-in', { captures: SESSION_COOKIES }),
      ...steps('log-out-everywhere', 'remove-member', 'delete-user', 'delete-organization'),
    ],
  },
];
