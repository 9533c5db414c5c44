import { Refusal, tags, type UserRecord } from '@app/domain';
import type { FenceRecords } from './fence-records.js';

/** The claims of an access token whose signature is valid. */
export interface ClaimedSession {
  readonly userId: string;
  /** Null if the backend created the token. */
  readonly sessionId: string | null;
  /** The session epoch of the user when the token was signed. */
  readonly sessionEpoch: number;
}

/**
 * The user of the token. Null if its session has ended. Refuses with UNAVAILABLE if that is unknown. The two records are read separately,
 * each current as of the request. That is enough: the end of a session is final and an epoch never goes down, so whatever ended the session
 * before the request shows in one of the two.
 */
export const sessionUser = async (
  records: FenceRecords,
  environmentId: string,
  { userId, sessionId, sessionEpoch }: ClaimedSession,
): Promise<UserRecord | null> => {
  const [user, session] = await Promise.all([records.byName(tags.user(userId)), sessionId === null ? null : records.byName(tags.session(sessionId))]);
  if (user?.kind !== 'user' || user.environmentId !== environmentId || user.deleted || user.sessionEpoch > sessionEpoch) return null;
  // The token's epoch alone is not enough: a token signed while a new password was set has the new epoch for a session with the old one.
  const isOver = sessionId !== null && (session?.kind !== 'session' || session.ended || session.userId !== userId || session.sessionEpoch !== sessionEpoch);
  if (isOver) return null;
  // A block raises the epoch, and a blocked user gets no token. So the record is older than the token: this node has not caught up.
  if (user.blocked || user.sessionEpoch < sessionEpoch) throw new Refusal('UNAVAILABLE', { message: 'This node has not caught up with this user yet.' });
  return user;
};
