import { defaultSettings, type EnvironmentRecord, type KeyRecord, type OrganizationRecord, type UserRecord } from '@app/domain';

const USER_ID = '0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10';
const ORG_ID = '7c1d9a52-88e4-4f3a-8a6b-1e2d3c4b5a69';
const KEY_ID = '00112233445566778899aabbccddeeff';
const ORG_KEY_ID = 'ffeeddccbbaa99887766554433221100';
const PEM = '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n';

/** The reader replaces these values with real ones. The same value means the same thing in every example. No token is complete. */
export const EXAMPLE = {
  environmentId: '4a5b6c7d-1111-4222-8333-444455556666',
  userId: USER_ID,
  orgId: ORG_ID,
  keyId: KEY_ID,
  ownKeyId: '8899aabbccddeeff0011223344556677',
  memberId: `usr_${USER_ID.replaceAll('-', '')}`,
  organizationId: `org_${ORG_ID.replaceAll('-', '')}`,
  organizationKeyId: `key_${ORG_KEY_ID}`,
  email: 'ada@example.test',
  newEmail: 'ada.lovelace@example.test',
  signupEmail: 'grace@example.test',
  username: 'ada',
  password: 'a long enough password',
  orgName: 'Blue Fig',
  orgSlug: 'blue-fig',
  token: `${KEY_ID}…`,
  importedToken: 'a key that another system created',
  organizationToken: 'pk_live_a3…',
  accessToken: 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.…',
  refreshToken: '5f1e2d3c4b5a69788796a5b4c3d2e1f0…',
  pem: PEM,
  createdMs: Date.UTC(2026, 0, 1),
  expiresSeconds: Date.UTC(2027, 0, 31, 12) / 1000,
} as const;

export const EXAMPLE_ENVIRONMENT: EnvironmentRecord = {
  kind: 'env',
  environmentId: EXAMPLE.environmentId,
  name: 'test',
  publicKeyPem: PEM,
  settings: defaultSettings('https://auth.example.com'),
  signingKeys: [],
  previousAuthUrls: [],
};

export const EXAMPLE_ORGANIZATION: OrganizationRecord = {
  kind: 'org',
  orgId: ORG_ID,
  environmentId: EXAMPLE.environmentId,
  createdAtMs: EXAMPLE.createdMs,
  slug: EXAMPLE.orgSlug,
  deleted: false,
  profile: {
    name: EXAMPLE.orgName,
    domain: 'example.com',
    extraDomains: [],
    autojoinByDomain: false,
    restrictToDomain: false,
    maxUsers: 50,
    legacyOrgId: null,
    customRoleMappingName: null,
    metadata: { plan: 'pro' },
    canSetupSaml: false,
    passwordRotationEnabled: false,
    passwordRotationHistorySize: 0,
    passwordRotationPeriodDays: 0,
    require2faByMs: null,
  },
};

export const EXAMPLE_USER: UserRecord = {
  kind: 'user',
  userId: USER_ID,
  environmentId: EXAMPLE.environmentId,
  createdAtMs: EXAMPLE.createdMs,
  lastActiveAtMs: EXAMPLE.createdMs,
  email: EXAMPLE.email,
  emailConfirmed: true,
  hasPassword: true,
  canCreateOrgs: false,
  blocked: false,
  suspendsOrgKeys: false,
  deleted: false,
  epoch: 0,
  sessionEpoch: 0,
  lockedUntilMs: null,
  profile: {
    username: EXAMPLE.username,
    firstName: 'Ada',
    lastName: 'Lovelace',
    pictureUrl: null,
    legacyUserId: null,
    metadata: null,
    properties: {},
    updatePasswordRequired: false,
  },
  memberships: { [ORG_ID]: { role: 'Admin', additionalRoles: [], joinedAtMs: EXAMPLE.createdMs, active: true, epoch: 0 } },
};

export const EXAMPLE_KEY: KeyRecord = {
  kind: 'key',
  keyId: KEY_ID,
  environmentId: EXAMPLE.environmentId,
  origin: 'backend',
  imported: false,
  tokenPrefix: null,
  userId: USER_ID,
  orgId: ORG_ID,
  creatorId: USER_ID,
  userEpoch: null,
  memberEpoch: 0,
  creatorEpoch: 0,
  createdAtMs: EXAMPLE.createdMs,
  expiresAtMs: null,
  metadata: { scope: 'read' },
  displayName: 'ci',
  revoked: false,
};
