import type { Memberships } from '../membership/state.js';
import type { UserProfile } from './events.js';
import type { UserState } from './state.js';

export interface UserRecord {
  readonly kind: 'user';
  readonly userId: string;
  readonly environmentId: string;
  readonly createdAtMs: number;
  readonly lastActiveAtMs: number;
  readonly email: string;
  readonly emailConfirmed: boolean;
  readonly hasPassword: boolean;
  readonly profile: UserProfile;
  readonly canCreateOrgs: boolean;
  readonly blocked: boolean;
  readonly suspendsOrgKeys: boolean;
  readonly lockedUntilMs: number | null;
  readonly sessionEpoch: number;
  readonly deleted: boolean;
  readonly epoch: number;
  readonly memberships: Memberships;
}

// Field by field: a spread would let a hash or a sealed secret of the state slip into the record.
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

/** The copy for read models: says whether there is a password, not its hash. */
export const redactUser = (state: UserState): UserState => ({
  ...state,
  sealedPasswordHash: state.sealedPasswordHash === null ? null : 'set',
});
