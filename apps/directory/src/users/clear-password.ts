import { decideClearPassword, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';

/** Takes a user's password away. */
export const clearPassword = ({ meta: { environmentId }, data: { userId } }: In<'directory.clear-password'>): Change => ({
  names: [tags.user(userId)],
  decide: (view) => decideClearPassword({ userId, environmentId }, { user: view.user(userId) }),
});
