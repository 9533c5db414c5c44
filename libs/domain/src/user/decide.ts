import type { ClaimState } from '../claim.js';
import type { EnvironmentState } from '../environment/state.js';
import { existing } from '../existing.js';
import { changedFields } from '../json.js';
import type { DomainEvent } from '../log-events.js';
import { activeOrgIds } from '../membership/state.js';
import { invalidField } from '../refusal.js';
import { tags } from '../tags.js';
import type { UserProfile } from './events.js';
import type { UserState } from './state.js';

/** The user that a command is about. */
export interface OfUser {
  readonly userId: string;
  readonly environmentId: string;
}
export interface UserOnly {
  readonly user: UserState | null;
}

/** The tags other than null, each once. */
const tagList = (...found: readonly (string | null)[]): readonly string[] => [...new Set(found.filter((tag) => tag !== null))];

const refuseTaken = (field: 'email' | 'newEmail' | 'username', claim: ClaimState | null, userId: string): void => {
  if (claim === null || claim.holder === null || claim.holder === userId) return;
  throw invalidField(field, `Another user has this ${field === 'username' ? 'user name' : 'email address'}; choose another one.`);
};

export interface CreateUserCommand extends OfUser {
  readonly email: string;
  readonly emailTag: string;
  readonly emailConfirmed: boolean;
  readonly profile: UserProfile;
  readonly usernameTag: string | null;
  readonly canCreateOrgs: boolean;
  readonly sealedPasswordHash: string | null;
}

export const decideCreateUser = (
  cmd: CreateUserCommand,
  s: { readonly emailClaim: ClaimState; readonly usernameClaim: ClaimState | null },
): readonly DomainEvent[] => {
  const { sealedPasswordHash, userId, environmentId, email, emailTag, emailConfirmed, profile, usernameTag, canCreateOrgs } = cmd;
  // The name first: a sign-up tells that a name is taken, never that an address is.
  refuseTaken('username', s.usernameClaim, userId);
  refuseTaken('email', s.emailClaim, userId);
  const created: DomainEvent = {
    type: 'user.created.v1',
    tags: tagList(tags.user(userId), emailTag, usernameTag),
    data: { userId, environmentId, email, emailTag, emailConfirmed, profile, usernameTag, canCreateOrgs },
  };
  if (sealedPasswordHash === null) return [created];
  const { updatePasswordRequired } = profile;
  return [created, { type: 'user.password-set.v1', tags: [tags.user(userId)], data: { userId, sealedPasswordHash, updatePasswordRequired } }];
};

export interface ChangeEmailCommand extends OfUser {
  readonly newEmail: string;
  readonly newEmailTag: string;
  readonly emailConfirmed: boolean;
}

export const decideChangeEmail = (cmd: ChangeEmailCommand, s: UserOnly & { readonly emailClaim: ClaimState }): readonly DomainEvent[] => {
  const user = existing(cmd.environmentId, s.user);
  const { newEmail: email, newEmailTag: emailTag, emailConfirmed } = cmd;
  refuseTaken('newEmail', s.emailClaim, user.userId);
  if (email === user.email && emailConfirmed === user.emailConfirmed) return [];
  return [
    {
      type: 'user.email-changed.v1',
      tags: tagList(tags.user(user.userId), emailTag, user.emailTag),
      data: { userId: user.userId, email, emailTag, previousEmailTag: user.emailTag, emailConfirmed },
    },
  ];
};

export interface ChangeProfileCommand extends OfUser {
  readonly changes: Partial<UserProfile>;
  /** The tag of the new user name; null if the changes name none. */
  readonly usernameTag: string | null;
}

const usernameTagsAfter = (changed: Partial<UserProfile>, usernameTag: string | null, user: UserState) => {
  if (changed.username === undefined) return { usernameTag: null, previousUsernameTag: null };
  if (changed.username === null) return { usernameTag: null, previousUsernameTag: user.usernameTag };
  // Without its tag the name would be in use and free at once.
  if (usernameTag === null) throw new Error('A new user name must come with its tag.');
  return { usernameTag, previousUsernameTag: user.usernameTag };
};

export const decideChangeProfile = (cmd: ChangeProfileCommand, s: UserOnly & { readonly usernameClaim: ClaimState | null }): readonly DomainEvent[] => {
  const user = existing(cmd.environmentId, s.user);
  const { userId } = user;
  const changes = changedFields(user.profile, cmd.changes);
  if (typeof changes.username === 'string') refuseTaken('username', s.usernameClaim, userId);
  if (Object.keys(changes).length === 0) return [];
  const nameTags = usernameTagsAfter(changes, cmd.usernameTag, user);
  return [
    {
      type: 'user.profile-changed.v1',
      tags: tagList(tags.user(userId), nameTags.usernameTag, nameTags.previousUsernameTag),
      data: { userId, changes, ...nameTags },
    },
  ];
};

export interface SetPasswordCommand extends OfUser {
  readonly sealedPasswordHash: string;
  readonly updatePasswordRequired: boolean;
}

export const decideSetPassword = (cmd: SetPasswordCommand, s: UserOnly): readonly DomainEvent[] => {
  const { userId } = existing(cmd.environmentId, s.user);
  const { sealedPasswordHash, updatePasswordRequired } = cmd;
  return [{ type: 'user.password-set.v1', tags: [tags.user(userId)], data: { userId, sealedPasswordHash, updatePasswordRequired } }];
};

export const decideClearPassword = (cmd: OfUser, s: UserOnly): readonly DomainEvent[] => {
  const { userId, sealedPasswordHash } = existing(cmd.environmentId, s.user);
  return sealedPasswordHash === null ? [] : [{ type: 'user.password-cleared.v1', tags: [tags.user(userId)], data: { userId } }];
};

/** Never "already done": there may be a session that began after the last time. */
export const decideEndSessions = (cmd: OfUser, s: UserOnly): readonly DomainEvent[] => {
  const { userId } = existing(cmd.environmentId, s.user);
  return [{ type: 'user.sessions-ended.v1', tags: [tags.user(userId)], data: { userId } }];
};

export interface LockUserCommand extends OfUser {
  readonly untilMs: number;
}

/** Never shortens a lock. */
export const decideLockUser = (cmd: LockUserCommand, s: UserOnly): readonly DomainEvent[] => {
  const { userId, lockedUntilMs } = existing(cmd.environmentId, s.user);
  const { untilMs } = cmd;
  return lockedUntilMs !== null && lockedUntilMs >= untilMs ? [] : [{ type: 'user.locked.v1', tags: [tags.user(userId)], data: { userId, untilMs } }];
};

export interface SetOrgCreationCommand extends OfUser {
  readonly canCreateOrgs: boolean;
}

export const decideSetOrgCreation = (cmd: SetOrgCreationCommand, s: UserOnly): readonly DomainEvent[] => {
  const user = existing(cmd.environmentId, s.user);
  const { userId } = user;
  const { canCreateOrgs } = cmd;
  if (user.canCreateOrgs === canCreateOrgs) return [];
  return [{ type: 'user.org-creation-set.v1', tags: [tags.user(userId)], data: { userId, canCreateOrgs } }];
};

interface UserAndEnvironment {
  readonly user: UserState | null;
  readonly environment: EnvironmentState | null;
}

const userAndSettings = ({ environmentId }: OfUser, s: UserAndEnvironment) => ({
  user: existing(environmentId, s.user),
  settings: existing(environmentId, s.environment).settings,
});

export const decideBlockUser = (cmd: OfUser, s: UserAndEnvironment): readonly DomainEvent[] => {
  const { user, settings } = userAndSettings(cmd, s);
  if (user.blocked) return [];
  const { userId, epoch } = user;
  const suspendsOrgKeys = settings.invalidateOrgApiKeyUponUserRemoval;
  return [{ type: 'user.blocked.v1', tags: [tags.user(userId)], data: { userId, suspendsOrgKeys, epoch } }];
};

/** Removes a lock of the login too, with or without a block. */
export const decideUnblockUser = (cmd: OfUser, s: UserAndEnvironment): readonly DomainEvent[] => {
  const { user, settings } = userAndSettings(cmd, s);
  const { userId, epoch, blockedPos, suspendsOrgKeys: suspendedOrgKeys } = user;
  const unlocked: readonly DomainEvent[] = user.lockedUntilMs === null ? [] : [{ type: 'user.unlocked.v1', tags: [tags.user(userId)], data: { userId } }];
  if (blockedPos === null) return unlocked;
  const reinstate = settings.reinstateKeysOnUnblock;
  return [{ type: 'user.unblocked.v1', tags: [tags.user(userId)], data: { userId, reinstate, blockedPos, suspendedOrgKeys, epoch } }, ...unlocked];
};

/** The last owner of an organization may be deleted too. */
export const decideDeleteUser = (cmd: OfUser, s: UserAndEnvironment): readonly DomainEvent[] => {
  const { user, settings } = userAndSettings(cmd, s);
  const { userId, emailTag, usernameTag, epoch } = user;
  const endsOrgKeys = settings.invalidateOrgApiKeyUponUserRemoval;
  const all = Object.entries(user.memberships);
  const memberships = all.flatMap(([orgId, { role, active }]) => (active ? [{ orgId, role }] : []));
  const memberEpochs = Object.fromEntries(endsOrgKeys ? all.map(([orgId, membership]) => [orgId, membership.epoch]) : []);
  return [
    {
      type: 'user.deleted.v1',
      tags: tagList(tags.user(userId), emailTag, usernameTag, ...activeOrgIds(user).map((orgId) => tags.org(orgId))),
      data: { userId, endsOrgKeys, emailTag, usernameTag, memberships, epoch, memberEpochs },
    },
  ];
};
