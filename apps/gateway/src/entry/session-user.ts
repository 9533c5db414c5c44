import { Refusal, tags, type UserRecord } from '@app/domain';
import type { FenceRecords } from './fence-records.js';

/** What an access token says of itself, its signature checked. */
export interface ClaimedSession {
  readonly userId: string;
  /** Null: the backend made the token. */
  readonly sessionId: string | null;
  /** The user's when it was signed. */
  readonly sessionEpoch: number;
}

/**
 * Whose token it is; null once its session is over; refuses with UNAVAILABLE where that cannot be known. The two records are read apart,
 * each of them current as of the request, and that is enough: neither what ends a session nor an epoch is ever taken back, so whatever
 * ended it before the request shows in one of them.
 */
export const sessionUser = async (
  records: FenceRecords,
  environmentId: string,
  { userId, sessionId, sessionEpoch }: ClaimedSession,
): Promise<UserRecord | null> => {
  const [user, session] = await Promise.all([records.byName(tags.user(userId)), sessionId === null ? null : records.byName(tags.session(sessionId))]);
  if (user?.kind !== 'user' || user.environmentId !== environmentId || user.deleted || user.sessionEpoch > sessionEpoch) return null;
  // Not the token's epoch alone: one that was signed while a new password was set carries the new epoch, for a session of the old one.
  const isOver = sessionId !== null && (session?.kind !== 'session' || session.ended || session.userId !== userId || session.sessionEpoch !== sessionEpoch);
  if (isOver) return null;
  // A block raises the epoch, and a blocked user gets no token: such a record is older than the token, and this node has not caught up yet.
  if (user.blocked || user.sessionEpoch < sessionEpoch) throw new Refusal('UNAVAILABLE', { message: 'This node has not caught up with this user yet.' });
  return user;
};
