import { activeOrgIds } from './memberships.js';
import type { BackendKeyRecord, EnvironmentRecord, FenceRecordState, KeyRecord, OrganizationRecord, UserRecord } from './records.js';
import type { ApiKeyState, BackendKeyState, EnvironmentState, OrganizationState, UserState } from './states.js';
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
  publicKeyPem: state.publicKeyPem,
  settings: state.settings,
});

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
      return [];
  }
};

/** The copy for read models: says whether there is a password, not its hash. */
export const redactUser = (state: UserState): UserState => ({
  ...state,
  sealedPasswordHash: state.sealedPasswordHash === null ? null : 'set',
});

/** The copy for read models: without the sealed private key. */
export const redactEnvironment = (state: EnvironmentState): EnvironmentState => ({ ...state, sealedPrivateKey: '' });
