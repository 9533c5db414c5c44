import type { EventTable, Fact } from '../fact.js';
import { tags } from '../tags.js';

/** `…Hash`: HMACs of digests under directory's pepper. `sessionEpoch`: the user's when the session began. */
export type SessionEvent =
  | Fact<
      'session.started.v1',
      {
        sessionId: string;
        userId: string;
        environmentId: string;
        familyHash: string;
        tokenHash: string;
        sessionEpoch: number;
        expiresAtMs: number;
      }
    >
  /** `graceEndsAtMs`: until when a browser may show the token before this one. */
  | Fact<'session.refreshed.v1', { sessionId: string; userId: string; tokenHash: string; graceEndsAtMs: number; expiresAtMs: number }>
  | Fact<'session.ended.v1', { sessionId: string; userId: string; reason: 'logout' | 'token-reused' }>;

export const SESSION_EVENTS: EventTable<SessionEvent> = {
  'session.started.v1': { changes: null, personal: [], public: ['sessionId', 'userId', 'environmentId', 'expiresAtMs'], claims: null },
  // Not public: there is one for each user every few minutes, and other teams could not act on it.
  'session.refreshed.v1': { changes: null, personal: [], public: null, claims: null },
  'session.ended.v1': {
    changes: ({ sessionId }) => [tags.session(sessionId)],
    personal: [],
    public: ['sessionId', 'userId', 'reason'],
    claims: null,
  },
};
