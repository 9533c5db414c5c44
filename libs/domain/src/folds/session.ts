import type { DomainEvent, Placed } from '../events.js';
import type { SessionState } from '../states.js';

type DataOf<Type extends DomainEvent['type']> = Extract<DomainEvent, { type: Type }>['data'];

const started = (data: DataOf<'session.started.v1'>, { at }: Placed): SessionState => ({ ...data, replaced: null, startedAtMs: at, ended: null });

// Two tokens at most: one that was replaced before the last is used up, because its successor was shown.
const refreshed = (state: SessionState, { tokenHash, graceEndsAtMs, expiresAtMs }: DataOf<'session.refreshed.v1'>): SessionState => ({
  ...state,
  tokenHash,
  expiresAtMs,
  replaced: { hash: state.tokenHash, graceEndsAtMs },
});

/** The fold of a `session-` tag. */
export const evolveSession = (state: SessionState | null, event: DomainEvent, placed: Placed): SessionState | null => {
  if (event.type === 'session.started.v1') return state ?? started(event.data, placed);
  if (event.type !== 'session.refreshed.v1' && event.type !== 'session.ended.v1') return state;
  if (state?.sessionId !== event.data.sessionId) return state;
  if (event.type === 'session.refreshed.v1') return refreshed(state, event.data);
  return state.ended === null ? { ...state, ended: event.data.reason } : state;
};
