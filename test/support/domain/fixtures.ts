import {
  type CreateUserCommand,
  defaultSettings,
  type DomainEvent,
  type EnvironmentSettings,
  type EventType,
  hostOfOrigin,
  type IssueKeyCommand,
  type KeyGrant,
  type OrganizationProfile,
  tags,
  type UserProfile,
} from '@app/domain';

type DataOf<Type extends EventType> = Extract<DomainEvent, { type: Type }>['data'];

export const ENV = 'e1';
export const OTHER_ENV = 'e2';
export const settings: EnvironmentSettings = defaultSettings('https://auth.example.com');

export const userProfile: UserProfile = {
  username: null,
  firstName: 'Ada',
  lastName: null,
  pictureUrl: null,
  legacyUserId: null,
  metadata: null,
  properties: {},
  updatePasswordRequired: false,
};
export const organizationProfile: OrganizationProfile = {
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
};

export const createUser = (userId: string, over: Partial<CreateUserCommand> = {}): CreateUserCommand => ({
  userId,
  environmentId: ENV,
  email: `${userId}@example.test`,
  emailTag: `email-${userId}`,
  emailConfirmed: true,
  profile: userProfile,
  usernameTag: null,
  canCreateOrgs: false,
  sealedPasswordHash: null,
  ...over,
});

export const issueKey = (keyId: string, over: Partial<IssueKeyCommand> = {}): IssueKeyCommand => ({
  keyId,
  environmentId: ENV,
  origin: 'backend',
  tokenTag: `token-${keyId}`,
  pepperId: 'p1',
  tokenPrefix: null,
  userId: null,
  orgId: null,
  creatorId: null,
  expiresAtMs: null,
  metadata: null,
  displayName: null,
  imported: false,
  ...over,
});

const keyGrant = (keyId: string, over: Partial<KeyGrant>): KeyGrant => {
  const { imported: _, ...asked } = issueKey(keyId);
  return { ...asked, userEpoch: null, memberEpoch: null, creatorEpoch: null, ...over };
};

/** Facts as they lie in the log, made without the deciders under test. */
export const facts = {
  environment: (over: Partial<EnvironmentSettings> = {}, environmentId = ENV): DomainEvent => {
    const data = { environmentId, name: environmentId, publicKeyPem: 'pem', sealedPrivateKey: 'sealed', settings: { ...settings, ...over } };
    const host = tags.authHost(hostOfOrigin(data.settings.authUrl));
    return { type: 'environment.created.v1', tags: [tags.env(environmentId), tags.environmentName(environmentId), host], data };
  },
  /** As it lies in logs from before hosts were claimed. */
  environmentWithoutHost: (over: Partial<EnvironmentSettings> = {}, environmentId = ENV): DomainEvent => {
    const created = facts.environment(over, environmentId);
    return { ...created, tags: created.tags.slice(0, 2) };
  },
  authUrl: (authUrl: string, previousAuthUrl: string, environmentId = ENV): DomainEvent => ({
    type: 'environment.auth-url-changed.v1',
    tags: [...new Set([tags.env(environmentId), ...[authUrl, previousAuthUrl].map((url) => tags.authHost(hostOfOrigin(url)))])],
    data: { environmentId, authUrl, previousAuthUrl },
  }),
  signingKey: (keyId: string): DomainEvent => ({
    type: 'environment.signing-key-published.v1',
    tags: [tags.env(ENV)],
    data: { environmentId: ENV, keyId, publicKeyPem: `pem of ${keyId}`, sealedPrivateKey: `sealed ${keyId}` },
  }),
  signingKeyActive: (keyId: string): DomainEvent => ({
    type: 'environment.signing-key-activated.v1',
    tags: [tags.env(ENV)],
    data: { environmentId: ENV, keyId },
  }),
  signingKeyRevoked: (keyId: string): DomainEvent => ({
    type: 'environment.signing-key-revoked.v1',
    tags: [tags.env(ENV)],
    data: { environmentId: ENV, keyId },
  }),
  settings: (changes: Partial<EnvironmentSettings>): DomainEvent => ({
    type: 'environment.settings-changed.v1',
    tags: [tags.env(ENV)],
    data: { environmentId: ENV, changes },
  }),
  user: (userId: string, over: Partial<DataOf<'user.created.v1'>> = {}): DomainEvent => {
    const { sealedPasswordHash: _, ...data } = { ...createUser(userId), ...over };
    return { type: 'user.created.v1', tags: [tags.user(userId), data.emailTag, ...(data.usernameTag === null ? [] : [data.usernameTag])], data };
  },
  password: (userId: string, updatePasswordRequired = false): DomainEvent => ({
    type: 'user.password-set.v1',
    tags: [tags.user(userId)],
    data: { userId, sealedPasswordHash: 'sealed-hash', updatePasswordRequired },
  }),
  passwordCleared: (userId: string): DomainEvent => ({ type: 'user.password-cleared.v1', tags: [tags.user(userId)], data: { userId } }),
  sessionsEnded: (userId: string): DomainEvent => ({ type: 'user.sessions-ended.v1', tags: [tags.user(userId)], data: { userId } }),
  locked: (userId: string, untilMs: number): DomainEvent => ({ type: 'user.locked.v1', tags: [tags.user(userId)], data: { userId, untilMs } }),
  unlocked: (userId: string): DomainEvent => ({ type: 'user.unlocked.v1', tags: [tags.user(userId)], data: { userId } }),
  /** A session whose family is `family-<id>` and whose first token is `<id>-0`. */
  session: (sessionId: string, userId: string, over: Partial<DataOf<'session.started.v1'>> = {}): DomainEvent => ({
    type: 'session.started.v1',
    tags: [tags.session(sessionId), tags.user(userId)],
    data: {
      sessionId,
      userId,
      environmentId: ENV,
      familyHash: `family-${sessionId}`,
      tokenHash: `${sessionId}-0`,
      sessionEpoch: 0,
      expiresAtMs: Number.MAX_SAFE_INTEGER,
      ...over,
    },
  }),
  /** Its next token, which is the newest then. */
  sessionRefreshed: (sessionId: string, userId: string, tokenHash: string, over: Partial<DataOf<'session.refreshed.v1'>> = {}): DomainEvent => ({
    type: 'session.refreshed.v1',
    tags: [tags.session(sessionId)],
    data: { sessionId, userId, tokenHash, graceEndsAtMs: Number.MAX_SAFE_INTEGER, expiresAtMs: Number.MAX_SAFE_INTEGER, ...over },
  }),
  sessionEnded: (sessionId: string, userId: string, reason: DataOf<'session.ended.v1'>['reason'] = 'logout'): DomainEvent => ({
    type: 'session.ended.v1',
    tags: [tags.session(sessionId)],
    data: { sessionId, userId, reason },
  }),
  blocked: (userId: string, over: Partial<DataOf<'user.blocked.v1'>> = {}): DomainEvent => ({
    type: 'user.blocked.v1',
    tags: [tags.user(userId)],
    data: { userId, suspendsOrgKeys: false, epoch: 0, ...over },
  }),
  unblocked: (userId: string, over: Partial<DataOf<'user.unblocked.v1'>> = {}): DomainEvent => ({
    type: 'user.unblocked.v1',
    tags: [tags.user(userId)],
    data: { userId, reinstate: false, blockedPos: 0, suspendedOrgKeys: false, epoch: 0, ...over },
  }),
  userDeleted: (userId: string, over: Partial<DataOf<'user.deleted.v1'>> = {}): DomainEvent => {
    const data: DataOf<'user.deleted.v1'> = {
      userId,
      endsOrgKeys: false,
      emailTag: `email-${userId}`,
      usernameTag: null,
      memberships: [],
      epoch: 0,
      memberEpochs: {},
      ...over,
    };
    const names = data.usernameTag === null ? [] : [data.usernameTag];
    return { type: 'user.deleted.v1', tags: [tags.user(userId), data.emailTag, ...names, ...data.memberships.map(({ orgId }) => tags.org(orgId))], data };
  },
  organization: (orgId: string, over: Partial<OrganizationProfile> = {}, environmentId = ENV): DomainEvent => ({
    type: 'organization.created.v1',
    tags: [tags.org(orgId), `slug-${orgId}`],
    data: { orgId, environmentId, slug: orgId, slugTag: `slug-${orgId}`, profile: { ...organizationProfile, ...over } },
  }),
  organizationDeleted: (orgId: string): DomainEvent => ({
    type: 'organization.deleted.v1',
    tags: [tags.org(orgId), `slug-${orgId}`],
    data: { orgId, slugTag: `slug-${orgId}` },
  }),
  joined: (userId: string, orgId: string, role = 'Member'): DomainEvent => ({
    type: 'membership.joined.v1',
    tags: [tags.user(userId), tags.org(orgId)],
    data: { userId, orgId, role, additionalRoles: [] },
  }),
  roleChanged: (userId: string, orgId: string, previousRole: string, role: string): DomainEvent => ({
    type: 'membership.role-changed.v1',
    tags: [tags.user(userId), tags.org(orgId)],
    data: { userId, orgId, role, additionalRoles: [], previousRole },
  }),
  left: (userId: string, orgId: string, over: Partial<DataOf<'membership.left.v1'>> = {}): DomainEvent => ({
    type: 'membership.left.v1',
    tags: [tags.user(userId), tags.org(orgId)],
    data: { userId, orgId, role: 'Member', endsKeys: false, epoch: 0, ...over },
  }),
  key: (keyId: string, over: Partial<KeyGrant> = {}): DomainEvent => {
    const data = keyGrant(keyId, over);
    return { type: 'api-key.issued.v1', tags: [tags.key(keyId), data.tokenTag], data };
  },
  importedKey: (keyId: string, over: Partial<KeyGrant> = {}): DomainEvent => {
    const data = keyGrant(keyId, over);
    return { type: 'api-key.imported.v1', tags: [tags.key(keyId), data.tokenTag], data };
  },
  personalKey: (keyId: string, userId: string, over: Partial<KeyGrant> = {}): DomainEvent => facts.key(keyId, { userId, userEpoch: 0, ...over }),
  orgKey: (keyId: string, orgId: string, over: Partial<KeyGrant> = {}): DomainEvent => facts.key(keyId, { orgId, ...over }),
  /** An organization key of a user who also made it. */
  memberKey: (keyId: string, orgId: string, userId: string, over: Partial<KeyGrant> = {}): DomainEvent =>
    facts.key(keyId, { orgId, userId, creatorId: userId, memberEpoch: 0, creatorEpoch: 0, ...over }),
  revoked: (keyId: string): DomainEvent => ({ type: 'api-key.revoked.v1', tags: [tags.key(keyId)], data: { keyId } }),
};
