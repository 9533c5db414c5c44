import {
  type BackendKeyRecord,
  defaultSettings,
  type EnvironmentRecord,
  type EnvironmentSettings,
  type KeyRecord,
  type OrganizationRecord,
  type UserRecord,
} from '@app/domain';

export const ENV_ID = 'env-of-tests';
export const USER_ID = '0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10';
export const ORG_ID = '7c1d9a52-88e4-4f3a-8a6b-1e2d3c4b5a69';
export const KEY_ID = '00112233445566778899aabbccddeeff';

const publicKeyPem = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n';

export const environmentRecord = (settings: Partial<EnvironmentSettings> = {}): EnvironmentRecord => ({
  kind: 'env',
  environmentId: ENV_ID,
  name: 'test',
  publicKeyPem,
  previousAuthUrls: [],
  signingKeys: [{ keyId: ENV_ID, publicKeyPem, activatedAtMs: 0, retiredAtMs: null }],
  settings: { ...defaultSettings('https://auth.example.test'), ...settings },
});

export const backendKeyRecord = (more: Partial<BackendKeyRecord> = {}): BackendKeyRecord => ({
  kind: 'backendkey',
  backendKeyId: 'b1',
  environmentId: ENV_ID,
  name: 'key',
  accessKind: 'full-access',
  permissions: [],
  createdAtMs: 0,
  revoked: false,
  ...more,
});

export const organizationRecord = (): OrganizationRecord => ({
  kind: 'org',
  orgId: ORG_ID,
  environmentId: ENV_ID,
  createdAtMs: 1_700_000_000_999,
  slug: 'blue-fig',
  deleted: false,
  profile: {
    name: 'Blue Fig',
    domain: null,
    extraDomains: [],
    autojoinByDomain: false,
    restrictToDomain: false,
    maxUsers: null,
    legacyOrgId: null,
    customRoleMappingName: null,
    metadata: {},
    canSetupSaml: false,
    passwordRotationEnabled: false,
    passwordRotationHistorySize: 0,
    passwordRotationPeriodDays: 0,
    require2faByMs: null,
  },
});

export const userRecord = (): UserRecord => ({
  kind: 'user',
  userId: USER_ID,
  environmentId: ENV_ID,
  createdAtMs: 1_700_000_000_999,
  lastActiveAtMs: 1_700_000_500_001,
  email: 'k@example.test',
  emailConfirmed: true,
  hasPassword: false,
  canCreateOrgs: false,
  blocked: false,
  suspendsOrgKeys: false,
  lockedUntilMs: null,
  sessionEpoch: 0,
  deleted: false,
  epoch: 0,
  profile: {
    username: null,
    firstName: null,
    lastName: null,
    pictureUrl: null,
    legacyUserId: null,
    metadata: null,
    properties: {},
    updatePasswordRequired: false,
  },
  memberships: { [ORG_ID]: { role: 'Admin', additionalRoles: [], joinedAtMs: 0, active: true, epoch: 0 } },
});

export const keyRecord = (more: Partial<KeyRecord> = {}): KeyRecord => ({
  kind: 'key',
  keyId: KEY_ID,
  environmentId: ENV_ID,
  origin: 'backend',
  imported: false,
  tokenPrefix: null,
  userId: null,
  orgId: null,
  creatorId: null,
  userEpoch: null,
  memberEpoch: null,
  creatorEpoch: null,
  createdAtMs: 1_700_000_000_999,
  expiresAtMs: null,
  metadata: null,
  displayName: null,
  revoked: false,
  ...more,
});
