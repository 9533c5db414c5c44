import type { KeyRecord } from './api-key/record.js';
import type { EnvironmentRecord } from './environment/record.js';
import { membershipOf } from './membership/state.js';
import type { OrganizationRecord } from './organization/record.js';
import type { UserRecord } from './user/record.js';

/** Everything that a key's verdict depends on; null if the key names none. `memberOrgs`: the organizations of the user's active memberships. */
export interface KeyVerdictRecords {
  readonly key: KeyRecord;
  readonly environment: EnvironmentRecord;
  readonly user: UserRecord | null;
  readonly org: OrganizationRecord | null;
  readonly creator: UserRecord | null;
  readonly memberOrgs: readonly OrganizationRecord[];
}

export type KeyDenial =
  | 'revoked'
  | 'expired'
  | 'user-blocked'
  | 'user-deleted'
  | 'user-epoch'
  | 'member-epoch'
  | 'creator-epoch'
  | 'org-deleted'
  | 'kind-disabled'
  | 'unknown';
export type KeyVerdict = { readonly valid: true } | { readonly valid: false; readonly reason: KeyDenial };

// In each of these the disabled kind comes last: it is the only denial that a command may ignore (archived.ts),
// so it must not hide a final one.

const personalDenial = ({ key, user, environment }: KeyVerdictRecords): KeyDenial | null => {
  if (user === null) return 'unknown';
  if (user.deleted) return 'user-deleted';
  if (user.blocked) return 'user-blocked';
  if (user.epoch !== key.userEpoch) return 'user-epoch';
  return environment.settings.personalApiKeysEnabled ? null : 'kind-disabled';
};

// A user who left or was deleted without the setting stays harmless here: only the epochs end organization keys.
const memberDenial = (key: KeyRecord, orgId: string, user: UserRecord | null): KeyDenial | null => {
  if (key.userId === null) return null;
  if (user === null) return 'unknown';
  if (membershipOf(user, orgId)?.epoch !== key.memberEpoch) return 'member-epoch';
  return user.blocked && user.suspendsOrgKeys ? 'user-blocked' : null;
};

const creatorDenial = (key: KeyRecord, orgId: string, creator: UserRecord | null): KeyDenial | null => {
  if (key.creatorId === null) return null;
  if (creator === null) return 'unknown';
  return membershipOf(creator, orgId)?.epoch === key.creatorEpoch ? null : 'creator-epoch';
};

const organizationDenial = (records: KeyVerdictRecords, orgId: string): KeyDenial | null => {
  const { key, org, user, creator, environment } = records;
  if (org === null) return 'unknown';
  if (org.deleted) return 'org-deleted';
  const denial = memberDenial(key, orgId, user) ?? creatorDenial(key, orgId, creator);
  return denial ?? (environment.settings.orgApiKeysEnabled ? null : 'kind-disabled');
};

const denialOf = (records: KeyVerdictRecords, nowMs: number): KeyDenial | null => {
  const { key } = records;
  if (key.revoked) return 'revoked';
  if (key.expiresAtMs !== null && nowMs >= key.expiresAtMs) return 'expired';
  if (key.orgId !== null) return organizationDenial(records, key.orgId);
  return key.userId === null ? null : personalDenial(records);
};

/** Whether the key may be used at `nowMs`, decided from its own record and its principals alone (fence.md, "Enforcement is O(1)"). */
export const keyVerdict = (records: KeyVerdictRecords, nowMs: number): KeyVerdict => {
  const reason = denialOf(records, nowMs);
  return reason === null ? { valid: true } : { valid: false, reason };
};

/**
 * The user that the answer shows; null if the key has no user, or outlived its user. A user who has left the organization is shown,
 * without a membership in it.
 */
export const answerUser = ({ key, user }: KeyVerdictRecords): UserRecord | null => {
  if (key.userId === null || user === null) return null;
  if (key.orgId === null) return user;
  return user.deleted ? null : user;
};
