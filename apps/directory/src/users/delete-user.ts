import { decideDeleteUser, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';

/** Deletes a user for good: leaves every organization, gives address and user name back, ends the keys. */
export const deleteUser = ({ meta: { environmentId }, data: { userId } }: In<'directory.delete-user'>): Change => ({
  names: [tags.user(userId)],
  alsoReads: [tags.env(environmentId)],
  decide: (view) => decideDeleteUser({ userId, environmentId }, { user: view.user(userId), environment: view.environment(environmentId) }),
});
