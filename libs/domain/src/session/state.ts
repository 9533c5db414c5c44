import type { DataOf, DomainEvent, LogPosition } from '../log-events.js';

/** The refresh token before the newest: shown once more by a browser with two tabs, or by one that missed an answer. */
export interface ReplacedToken {
  readonly hash: string;
  readonly graceEndsAtMs: number;
}

export interface SessionState {
  readonly sessionId: string;
  readonly userId: string;
  readonly environmentId: string;
  readonly familyHash: string;
  /** Of the newest token. */
  readonly tokenHash: string;
  readonly replaced: ReplacedToken | null;
  readonly sessionEpoch: number;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  readonly ended: 'logout' | 'token-reused' | null;
}

const started = (data: DataOf<'session.started.v1'>, { at }: LogPosition): SessionState => ({ ...data, replaced: null, startedAtMs: at, ended: null });

// Two tokens at most: one that was replaced before the last is used up, because its successor was shown.
const refreshed = (state: SessionState, { tokenHash, graceEndsAtMs, expiresAtMs }: DataOf<'session.refreshed.v1'>): SessionState => ({
  ...state,
  tokenHash,
  expiresAtMs,
  replaced: { hash: state.tokenHash, graceEndsAtMs },
});

/** The fold of a `session-` tag. */
export const evolveSession = (state: SessionState | null, event: DomainEvent, placed: LogPosition): SessionState | null => {
  if (event.type === 'session.started.v1') return state ?? started(event.data, placed);
  if (event.type !== 'session.refreshed.v1' && event.type !== 'session.ended.v1') return state;
  if (state?.sessionId !== event.data.sessionId) return state;
  if (event.type === 'session.refreshed.v1') return refreshed(state, event.data);
  return state.ended === null ? { ...state, ended: event.data.reason } : state;
};
