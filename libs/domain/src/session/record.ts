import type { SessionState } from './state.js';

/** Whether a session is active. Its refresh tokens are not part of the record: they change with every refresh, and this does not. */
export interface SessionRecord {
  readonly kind: 'session';
  readonly sessionId: string;
  readonly environmentId: string;
  readonly userId: string;
  readonly sessionEpoch: number;
  readonly ended: boolean;
}

// Field by field: a spread would let a hash or a sealed secret of the state slip into the record.
export const toSessionRecord = ({ sessionId, environmentId, userId, sessionEpoch, ended }: SessionState): SessionRecord => ({
  kind: 'session',
  sessionId,
  environmentId,
  userId,
  sessionEpoch,
  ended: ended !== null,
});
