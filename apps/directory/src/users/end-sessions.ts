import { decideEndSessions, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';

/** Ends every session that a user has now. */
export const endSessions = ({ meta: { environmentId }, data: { userId } }: In<'directory.end-sessions'>): Change => ({
  names: [tags.user(userId)],
  decide: (view) => decideEndSessions({ userId, environmentId }, { user: view.user(userId) }),
});
