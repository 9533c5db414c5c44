import { living } from '../existing.js';
import type { DataOf, DomainEvent, LogPosition } from '../log-events.js';
import { type Membership, membershipOf, type Memberships } from '../membership/state.js';
import type { UserProfile } from './events.js';

export interface UserState {
  readonly userId: string;
  readonly environmentId: string;
  readonly createdAtMs: number;
  readonly lastActiveAtMs: number;
  readonly email: string;
  readonly emailTag: string;
  readonly emailConfirmed: boolean;
  readonly usernameTag: string | null;
  readonly profile: UserProfile;
  readonly canCreateOrgs: boolean;
  readonly sealedPasswordHash: string | null;
  readonly blocked: boolean;
  /** Position of the block that holds now; null while not blocked. */
  readonly blockedPos: number | null;
  /** The block suspends this user's organization keys too (the setting at the time of the block). */
  readonly suspendsOrgKeys: boolean;
  /** No login before this time; null if there is no lock. */
  readonly lockedUntilMs: number | null;
  /** Raised by whatever ends all sessions: a block, a deletion, a new password, `user.sessions-ended`. Sessions and tokens of an older one are over. */
  readonly sessionEpoch: number;
  readonly deleted: boolean;
  /** Raised by an unblock without reinstatement and by deletion; personal keys of an older epoch are dead for good. */
  readonly epoch: number;
  readonly memberships: Memberships;
}

const created = (data: DataOf<'user.created.v1'>, placed: LogPosition): UserState => ({
  ...data,
  createdAtMs: placed.at,
  lastActiveAtMs: placed.at,
  sealedPasswordHash: null,
  blocked: false,
  blockedPos: null,
  suspendsOrgKeys: false,
  lockedUntilMs: null,
  sessionEpoch: 0,
  deleted: false,
  epoch: 0,
  memberships: {},
});

const withoutSessions = (state: UserState): UserState => ({ ...state, sessionEpoch: state.sessionEpoch + 1 });

const withMembership = (state: UserState, orgId: string, membership: Membership): UserState => ({
  ...state,
  memberships: { ...state.memberships, [orgId]: membership },
});

const joined = (state: UserState, data: DataOf<'membership.joined.v1'>, placed: LogPosition): UserState =>
  withMembership(state, data.orgId, {
    role: data.role,
    additionalRoles: data.additionalRoles,
    joinedAtMs: placed.at,
    active: true,
    // A member who comes back keeps the old epoch count: starting again at 0 would revive the keys that ended with the removal.
    epoch: membershipOf(state, data.orgId)?.epoch ?? 0,
  });

const roleChanged = (state: UserState, data: DataOf<'membership.role-changed.v1'>): UserState => {
  const membership = membershipOf(state, data.orgId);
  if (membership === null) return state;
  return withMembership(state, data.orgId, { ...membership, role: data.role, additionalRoles: data.additionalRoles });
};

const left = (state: UserState, data: DataOf<'membership.left.v1'>): UserState => {
  const membership = membershipOf(state, data.orgId);
  if (membership === null) return state;
  return withMembership(state, data.orgId, { ...membership, active: false, epoch: membership.epoch + (data.endsKeys ? 1 : 0) });
};

// A block outlives the deletion: otherwise the deletion of a blocked user would restore its suspended organization keys.
const deleted = (state: UserState, data: DataOf<'user.deleted.v1'>): UserState => ({
  ...withoutSessions(state),
  deleted: true,
  epoch: state.epoch + 1,
  memberships: Object.fromEntries(
    Object.entries(state.memberships).map(([orgId, membership]) => [
      orgId,
      { ...membership, active: false, epoch: membership.epoch + (data.endsOrgKeys ? 1 : 0) },
    ]),
  ),
});

const unblocked = (state: UserState, data: DataOf<'user.unblocked.v1'>): UserState => ({
  ...state,
  blocked: false,
  blockedPos: null,
  suspendsOrgKeys: false,
  epoch: state.epoch + (data.reinstate ? 0 : 1),
});

const profileChanged = (state: UserState, data: DataOf<'user.profile-changed.v1'>): UserState => ({
  ...state,
  profile: { ...state.profile, ...data.changes },
  usernameTag: data.changes.username === undefined ? state.usernameTag : data.usernameTag,
});

// A thief who knew the old password must not stay logged in.
const passwordSet = (state: UserState, data: DataOf<'user.password-set.v1'>): UserState => ({
  ...withoutSessions(state),
  sealedPasswordHash: data.sealedPasswordHash,
  profile: { ...state.profile, updatePasswordRequired: data.updatePasswordRequired },
});

const applied = (state: UserState, event: EventOfUser, placed: LogPosition): UserState => {
  switch (event.type) {
    case 'user.created.v1':
    case 'session.ended.v1':
      return state;
    case 'session.started.v1':
    case 'session.refreshed.v1':
      return { ...state, lastActiveAtMs: placed.at };
    case 'user.sessions-ended.v1':
      return withoutSessions(state);
    case 'user.locked.v1':
      return { ...state, lockedUntilMs: event.data.untilMs };
    case 'user.unlocked.v1':
      return { ...state, lockedUntilMs: null };
    case 'user.email-changed.v1':
      return { ...state, email: event.data.email, emailTag: event.data.emailTag, emailConfirmed: event.data.emailConfirmed };
    case 'user.profile-changed.v1':
      return profileChanged(state, event.data);
    case 'user.password-set.v1':
      return passwordSet(state, event.data);
    case 'user.password-cleared.v1':
      return { ...withoutSessions(state), sealedPasswordHash: null };
    case 'user.org-creation-set.v1':
      return { ...state, canCreateOrgs: event.data.canCreateOrgs };
    case 'user.blocked.v1':
      return { ...withoutSessions(state), blocked: true, blockedPos: placed.pos, suspendsOrgKeys: event.data.suspendsOrgKeys };
    case 'user.unblocked.v1':
      return unblocked(state, event.data);
    case 'user.deleted.v1':
      return deleted(state, event.data);
    case 'membership.joined.v1':
      return joined(state, event.data, placed);
    case 'membership.role-changed.v1':
      return roleChanged(state, event.data);
    case 'membership.left.v1':
      return left(state, event.data);
  }
};

type EventOfUser = Extract<DomainEvent, { type: `${'user' | 'membership' | 'session'}.${string}` }>;
const isAboutAUser = (event: DomainEvent): event is EventOfUser =>
  event.type.startsWith('user.') || event.type.startsWith('membership.') || event.type.startsWith('session.');

/** The fold of a `user-` tag. */
export const evolveUser = (state: UserState | null, event: DomainEvent, placed: LogPosition): UserState | null => {
  if (!isAboutAUser(event)) return state;
  if (state === null) return event.type === 'user.created.v1' ? created(event.data, placed) : null;
  return event.data.userId === state.userId ? applied(state, event, placed) : state;
};

/** The user, if it is of that environment and not deleted. */
export const livingUser = (environmentId: string, user: UserState | null): UserState | null => living(environmentId, user);
