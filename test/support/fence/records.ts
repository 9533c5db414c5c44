import {
  type BackendKeyRecord,
  defaultSettings,
  type EnvironmentRecord,
  type KeyRecord,
  type Membership,
  type OrganizationRecord,
  type UserRecord,
} from '@app/domain';

/** Records of a small world. What a test changes it names; `lastActiveAtMs`, `name` and the like serve as version marks. */
export const ENV = 'env1';

export const envRecord = (changes: Partial<EnvironmentRecord> = {}): EnvironmentRecord => ({
  kind: 'env',
  environmentId: ENV,
  name: 'Test',
  publicKeyPem: 'pem',
  previousAuthUrls: [],
  signingKeys: [{ keyId: ENV, publicKeyPem: 'pem', activatedAtMs: 0, retiredAtMs: null }],
  settings: defaultSettings('https://auth.example'),
  ...changes,
});

export const membership = (changes: Partial<Membership> = {}): Membership => ({
  role: 'Member',
  additionalRoles: [],
  joinedAtMs: 0,
  active: true,
  epoch: 0,
  ...changes,
});

export const userRecord = (userId: string, changes: Partial<UserRecord> = {}): UserRecord => ({
  kind: 'user',
  userId,
  environmentId: ENV,
  createdAtMs: 0,
  lastActiveAtMs: 0,
  email: `${userId}@example.com`,
  emailConfirmed: true,
  hasPassword: false,
  canCreateOrgs: false,
  blocked: false,
  suspendsOrgKeys: false,
  lockedUntilMs: null,
  sessionEpoch: 0,
  deleted: false,
  epoch: 0,
  memberships: {},
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
  ...changes,
});

export const orgRecord = (orgId: string, changes: Partial<OrganizationRecord> = {}): OrganizationRecord => ({
  kind: 'org',
  orgId,
  environmentId: ENV,
  createdAtMs: 0,
  slug: orgId,
  deleted: false,
  profile: {
    name: orgId,
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
  ...changes,
});

export const keyRecord = (keyId: string, changes: Partial<KeyRecord> = {}): KeyRecord => ({
  kind: 'key',
  keyId,
  environmentId: ENV,
  origin: 'backend',
  imported: false,
  tokenPrefix: null,
  userId: null,
  orgId: null,
  creatorId: null,
  userEpoch: null,
  memberEpoch: null,
  creatorEpoch: null,
  createdAtMs: 0,
  expiresAtMs: null,
  metadata: null,
  displayName: null,
  revoked: false,
  ...changes,
});

export const personalKey = (keyId: string, userId: string, changes: Partial<KeyRecord> = {}): KeyRecord =>
  keyRecord(keyId, { userId, userEpoch: 0, ...changes });

export const backendKeyRecord = (backendKeyId: string, changes: Partial<BackendKeyRecord> = {}): BackendKeyRecord => ({
  kind: 'backendkey',
  backendKeyId,
  environmentId: ENV,
  name: 'Backend',
  accessKind: 'full-access',
  permissions: [],
  createdAtMs: 0,
  revoked: false,
  ...changes,
});

/** Digests in these worlds are readable. */
export const digestOf = (id: string): string => `digest-of-${id}`;
