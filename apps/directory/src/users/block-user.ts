import { decideBlockUser, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';

/** Blocks a user: personal keys are dead when this is answered, organization keys too where the setting says so. */
export const blockUser = ({ meta: { environmentId }, data: { userId } }: In<'directory.block-user'>): Change => ({
  names: [tags.user(userId)],
  alsoReads: [tags.env(environmentId)],
  decide: (view) => decideBlockUser({ userId, environmentId }, { user: view.user(userId), environment: view.environment(environmentId) }),
});
