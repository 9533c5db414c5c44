import { Refusal, tags, type UserRecord } from '@app/domain';
import type { FenceNode } from '@app/fence';
import { recordFrom } from '../edge/record-from.js';

/** What an access token says of itself, its signature checked. */
export interface ClaimedSession {
  readonly userId: string;
  /** Null: the backend made the token. */
  readonly sessionId: string | null;
  /** The user's when it was signed. */
  readonly sessionEpoch: number;
}

/**
 * Whose token it is; null once its session is over. The two records are read apart, each of them current as of the request, and that is
 * enough: neither what ends a session nor an epoch is ever taken back, so whatever ended it before the request shows in one of them.
 */
export const holdingUser = async (node: FenceNode, environmentId: string, { userId, sessionId, sessionEpoch }: ClaimedSession): Promise<UserRecord | null> => {
  const [user, session] = await Promise.all([
    recordFrom(node, tags.user(userId)), sessionId === null ? null : recordFrom(node, tags.session(sessionId)),
  ]);
  if (user?.kind !== 'user' || user.environmentId !== environmentId || user.deleted || user.blocked) return null;
  if (user.sessionEpoch !== sessionEpoch) return null;
  if (sessionId !== null && (session?.kind !== 'session' || session.ended || session.userId !== userId)) return null;
  return user;
};
