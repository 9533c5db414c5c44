import type { Fact } from '../fact.js';

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
