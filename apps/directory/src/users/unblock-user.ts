import { decideUnblockUser, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';

/** Takes a block back; keys come back only where the setting says so. */
export const unblockUser = ({ meta: { environmentId }, data: { userId } }: In<'directory.unblock-user'>): Change => ({
  names: [tags.user(userId)],
  alsoReads: [tags.env(environmentId)],
  decide: (view) => decideUnblockUser({ userId, environmentId }, { user: view.user(userId), environment: view.environment(environmentId) }),
});
