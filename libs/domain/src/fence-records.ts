import type { KeyRecord } from './api-key/record.js';
import type { BackendKeyRecord } from './backend-key/record.js';
import type { EnvironmentRecord, HostRecord } from './environment/record.js';
import { activeOrgIds } from './membership/state.js';
import type { OrganizationRecord } from './organization/record.js';
import type { SessionRecord } from './session/record.js';
import { tags } from './tags.js';
import type { UserRecord } from './user/record.js';

/**
 * The data behind a validation: the public part of each entity's state, without hashes and sealed secrets.
 * Services exchange records and cache them, and both the verdict and the wire format use them.
 */
export type FenceRecordState = KeyRecord | UserRecord | OrganizationRecord | EnvironmentRecord | BackendKeyRecord | SessionRecord | HostRecord;

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
