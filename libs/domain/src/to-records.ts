import { activeOrgIds } from './memberships.js';
import { activeSigningKey } from './signing-keys.js';
import type { BackendKeyRecord, EnvironmentRecord, FenceRecordState, HostRecord, KeyRecord, OrganizationRecord, SessionRecord, UserRecord } from './records.js';
import type { ApiKeyState, BackendKeyState, ClaimState, EnvironmentState, OrganizationState, SessionState, UserState } from './states.js';
import { tags } from './tags.js';

// Fields are named one by one: a spread would let a hash or a sealed secret of the state slip into a record.

export const toKeyRecord = (state: ApiKeyState): KeyRecord => ({
  kind: 'key',
  keyId: state.keyId,
  environmentId: state.environmentId,
  origin: state.origin,
  imported: state.imported,
  tokenPrefix: state.tokenPrefix,
  userId: state.userId,
  orgId: state.orgId,
  creatorId: state.creatorId,
  userEpoch: state.userEpoch,
  memberEpoch: state.memberEpoch,
  creatorEpoch: state.creatorEpoch,
  createdAtMs: state.createdAtMs,
  expiresAtMs: state.expiresAtMs,
  metadata: state.metadata,
  displayName: state.displayName,
  revoked: state.revokedPos !== null,
});

export const toUserRecord = (state: UserState): UserRecord => ({
  kind: 'user',
  userId: state.userId,
  environmentId: state.environmentId,
  createdAtMs: state.createdAtMs,
  lastActiveAtMs: state.lastActiveAtMs,
  email: state.email,
  emailConfirmed: state.emailConfirmed,
  hasPassword: state.sealedPasswordHash !== null,
  profile: state.profile,
  canCreateOrgs: state.canCreateOrgs,
  blocked: state.blocked,
  suspendsOrgKeys: state.suspendsOrgKeys,
  lockedUntilMs: state.lockedUntilMs,
  sessionEpoch: state.sessionEpoch,
  deleted: state.deleted,
  epoch: state.epoch,
  memberships: state.memberships,
});

export const toOrganizationRecord = (state: OrganizationState): OrganizationRecord => ({
  kind: 'org',
  orgId: state.orgId,
  environmentId: state.environmentId,
  createdAtMs: state.createdAtMs,
  slug: state.slug,
  profile: state.profile,
  deleted: state.deleted,
});

export const toEnvironmentRecord = (state: EnvironmentState): EnvironmentRecord => ({
  kind: 'env',
  environmentId: state.environmentId,
  name: state.name,
  publicKeyPem: activeSigningKey(state).publicKeyPem,
  // Without the revoked ones: whoever goes by the record has never heard of them.
  signingKeys: state.signingKeys
    .filter(({ revoked }) => !revoked)
    .map(({ keyId, publicKeyPem, activatedAtMs, retiredAtMs }) => ({ keyId, publicKeyPem, activatedAtMs, retiredAtMs })),
  settings: state.settings,
  previousAuthUrls: state.previousAuthUrls,
});

export const toSessionRecord = ({ sessionId, environmentId, userId, sessionEpoch, ended }: SessionState): SessionRecord => ({
  kind: 'session',
  sessionId,
  environmentId,
  userId,
  sessionEpoch,
  ended: ended !== null,
});

const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
export const isLoopbackHost = (host: string): boolean => LOOPBACK_HOSTS.includes(host);

/** Null: no environment has the host now. Kept as a record for loopback hosts alone: of others anybody could make up as many as memory holds. */
export const toHostRecord = (host: string, { holder: environmentId }: ClaimState): HostRecord | null =>
  environmentId === null && !isLoopbackHost(host) ? null : { kind: 'host', host, environmentId };

export const toBackendKeyRecord = (state: BackendKeyState): BackendKeyRecord => ({
  kind: 'backendkey',
  backendKeyId: state.backendKeyId,
  environmentId: state.environmentId,
  name: state.name,
  accessKind: state.kind,
  permissions: state.permissions,
  createdAtMs: state.createdAtMs,
  revoked: state.revokedAtMs !== null,
});

export const nameOf = (record: FenceRecordState): string => {
  switch (record.kind) {
    case 'key':
      return tags.key(record.keyId);
    case 'user':
      return tags.user(record.userId);
    case 'org':
      return tags.org(record.orgId);
    case 'env':
      return tags.env(record.environmentId);
    case 'backendkey':
      return tags.backendKey(record.backendKeyId);
    case 'session':
      return tags.session(record.sessionId);
    case 'host':
      return tags.authHost(record.host);
  }
};

const pointersOfKey = (key: KeyRecord): readonly string[] => {
  const names = new Set<string>();
  if (key.userId !== null) names.add(tags.user(key.userId));
  if (key.orgId !== null) names.add(tags.org(key.orgId));
  if (key.orgId !== null && key.creatorId !== null) names.add(tags.user(key.creatorId));
  return [...names.add(tags.env(key.environmentId))];
};

/** The names that the record's own state names, each once. */
export const pointersOf = (record: FenceRecordState): readonly string[] => {
  switch (record.kind) {
    case 'key':
      return pointersOfKey(record);
    case 'user':
      return activeOrgIds(record).map((orgId) => tags.org(orgId));
    case 'backendkey':
      return [tags.env(record.environmentId)];
    case 'org':
    case 'env':
    case 'session':
    case 'host':
      return [];
  }
};

/** The copy for read models: says whether there is a password, not its hash. */
export const redactUser = (state: UserState): UserState => ({
  ...state,
  sealedPasswordHash: state.sealedPasswordHash === null ? null : 'set',
});

/** The copy for read models: without the sealed private keys. */
export const redactEnvironment = (state: EnvironmentState): EnvironmentState => ({
  ...state,
  signingKeys: state.signingKeys.map((key) => ({ ...key, sealedPrivateKey: '' })),
});
