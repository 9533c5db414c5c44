import { type EndpointId, wireApiKey, wireOrganization, wireOrganizationRow, wirePage, wireUser, wireUserInOrg, wireValidation } from '@app/contracts';
import type { EnvironmentRecord, KeyRecord, OrganizationRecord, UserRecord } from '@app/domain';
import { defaultSettings } from '@app/domain';

const ENV_ID = '4a5b6c7d-1111-4222-8333-444455556666';
const USER_ID = '0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10';
const ORG_ID = '7c1d9a52-88e4-4f3a-8a6b-1e2d3c4b5a69';
const KEY_ID = '00112233445566778899aabbccddeeff';
const CREATED_MS = 1_767_225_600_000;
const PEM = '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n';

const environment: EnvironmentRecord = {
  kind: 'env', environmentId: ENV_ID, name: 'test', publicKeyPem: PEM, settings: defaultSettings('https://auth.example.com'),
};
const organization: OrganizationRecord = {
  kind: 'org', orgId: ORG_ID, environmentId: ENV_ID, createdAtMs: CREATED_MS, slug: 'blue-fig', deleted: false,
  profile: {
    name: 'Blue Fig', domain: 'example.com', extraDomains: [], autojoinByDomain: false, restrictToDomain: false, maxUsers: 50, legacyOrgId: null,
    customRoleMappingName: null, metadata: { plan: 'pro' }, canSetupSaml: false, passwordRotationEnabled: false,
    passwordRotationHistorySize: 0, passwordRotationPeriodDays: 0, require2faByMs: null,
  },
};
const user: UserRecord = {
  kind: 'user', userId: USER_ID, environmentId: ENV_ID, createdAtMs: CREATED_MS, lastActiveAtMs: CREATED_MS, email: 'ada@example.test',
  emailConfirmed: true, hasPassword: true, canCreateOrgs: false, blocked: false, suspendsOrgKeys: false, deleted: false, epoch: 0,
  profile: {
    username: 'ada', firstName: 'Ada', lastName: 'Lovelace', pictureUrl: null, legacyUserId: null, metadata: null, properties: {},
    updatePasswordRequired: false,
  },
  memberships: { [ORG_ID]: { role: 'Admin', additionalRoles: [], joinedAtMs: CREATED_MS, active: true, epoch: 0 } },
};
const key: KeyRecord = {
  kind: 'key', keyId: KEY_ID, environmentId: ENV_ID, origin: 'backend', imported: false, tokenPrefix: null, userId: USER_ID, orgId: ORG_ID,
  creatorId: USER_ID, userEpoch: null, memberEpoch: 0, creatorEpoch: 0, createdAtMs: CREATED_MS, expiresAtMs: null,
  metadata: { scope: 'read' }, displayName: 'ci', revoked: false,
};

const PLACE = { page_number: 0, page_size: 10 };
const DONE = {};
const keyPage = wirePage('api_keys', [wireApiKey(key)], 1, PLACE);
const userPage = wirePage('users', [wireUser(user, null)], 1, PLACE);
const validation = wireValidation({ key, environment, user, org: organization, creator: user, memberOrgs: [organization] }, user);

/** What a 200 of each call holds, made by the code that makes the real answer. The compiler asks for every call. */
export const ANSWER_EXAMPLES: Readonly<Record<EndpointId, unknown>> = {
  'create-user': { user_id: USER_ID },
  'fetch-user': wireUser(user, [organization]),
  'fetch-user-by-email': wireUser(user, null),
  'fetch-user-by-username': wireUser(user, null),
  'batch-users-by-id': [wireUser(user, null)],
  'batch-users-by-email': [wireUser(user, null)],
  'batch-users-by-username': [wireUser(user, null)],
  'query-users': userPage,
  'query-users-in-org': wirePage('users', [wireUserInOrg(user, null, ORG_ID)], 1, PLACE),
  'update-user': DONE,
  'update-email': DONE,
  'update-password': DONE,
  'clear-password': DONE,
  'disable-user': DONE,
  'enable-user': DONE,
  'delete-user': DONE,
  'logout-all-sessions': DONE,
  'enable-org-creation': DONE,
  'disable-org-creation': DONE,
  'create-organization': { org_id: ORG_ID, name: organization.profile.name },
  'fetch-organization': wireOrganization(organization),
  'query-organizations': wirePage('orgs', [wireOrganizationRow(organization)], 1, PLACE),
  'update-organization': DONE,
  'delete-organization': DONE,
  'add-member': DONE,
  'change-role': DONE,
  'remove-member': DONE,
  'create-api-key': { api_key_id: KEY_ID, api_key_token: `${KEY_ID}…` },
  'import-api-key': { api_key_id: KEY_ID },
  'fetch-api-key': wireApiKey(key),
  'list-api-keys': keyPage,
  'list-archived-api-keys': keyPage,
  'count-api-key-usage': { count: 42 },
  'update-api-key': DONE,
  'delete-api-key': DONE,
  'validate-api-key': validation,
  'validate-imported-api-key': validation,
  'create-access-token': { access_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.…' },
  'token-verification-metadata': { verifier_key_pem: PEM, public_key_pem: PEM },
};
