import type { DomainEvent } from '../events.js';
import { activeOrgIds } from '../memberships.js';
import type { EnvironmentState, UserState } from '../states.js';
import { tags } from '../tags.js';
import { existingEnvironment, existingUser, tagList } from './existing.js';
import type { OfUser } from './users.js';

interface UserAndEnvironment {
  readonly user: UserState | null;
  readonly environment: EnvironmentState | null;
}

const existing = ({ environmentId }: OfUser, s: UserAndEnvironment) => ({
  user: existingUser(environmentId, s.user),
  settings: existingEnvironment(environmentId, s.environment).settings,
});

export const decideBlockUser = (cmd: OfUser, s: UserAndEnvironment): readonly DomainEvent[] => {
  const { user, settings } = existing(cmd, s);
  if (user.blocked) return [];
  const { userId, epoch } = user;
  const suspendsOrgKeys = settings.invalidateOrgApiKeyUponUserRemoval;
  return [{ type: 'user.blocked.v1', tags: [tags.user(userId)], data: { userId, suspendsOrgKeys, epoch } }];
};

/** Takes a lock of the login away too, whether there was a block or not. */
export const decideUnblockUser = (cmd: OfUser, s: UserAndEnvironment): readonly DomainEvent[] => {
  const { user, settings } = existing(cmd, s);
  const { userId, epoch, blockedPos, suspendsOrgKeys: suspendedOrgKeys } = user;
  const unlocked: readonly DomainEvent[] = user.lockedUntilMs === null ? [] : [{ type: 'user.unlocked.v1', tags: [tags.user(userId)], data: { userId } }];
  if (blockedPos === null) return unlocked;
  const reinstate = settings.reinstateKeysOnUnblock;
  return [{ type: 'user.unblocked.v1', tags: [tags.user(userId)], data: { userId, reinstate, blockedPos, suspendedOrgKeys, epoch } }, ...unlocked];
};

/** The last owner of an organization may be deleted too. */
export const decideDeleteUser = (cmd: OfUser, s: UserAndEnvironment): readonly DomainEvent[] => {
  const { user, settings } = existing(cmd, s);
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
