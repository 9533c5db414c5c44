import type { DomainEvent, Placed } from '../events.js';
import type { SessionState, SessionToken } from '../states.js';

type DataOf<Type extends DomainEvent['type']> = Extract<DomainEvent, { type: Type }>['data'];

/** Whoever repeats a refresh within its grace gets one more token each time; a state must not grow with it. */
const TOKENS_AT_ONCE = 16;

const started = ({ tokenHash, ...data }: DataOf<'session.started.v1'>, { at }: Placed): SessionState => ({
  ...data, tokens: [{ hash: tokenHash, endsAtMs: null }], startedAtMs: at, ended: null,
});

const ending = (token: SessionToken, graceEndsAtMs: number | null): SessionToken =>
  token.endsAtMs === null && graceEndsAtMs !== null ? { ...token, endsAtMs: graceEndsAtMs } : token;

const refreshed = (state: SessionState, data: DataOf<'session.refreshed.v1'>, { at }: Placed): SessionState => {
  const kept = state.tokens.map((token) => ending(token, data.graceEndsAtMs)).filter(({ endsAtMs }) => endsAtMs === null || endsAtMs > at);
  return { ...state, tokens: [...kept, { hash: data.tokenHash, endsAtMs: null }].slice(-TOKENS_AT_ONCE), expiresAtMs: data.expiresAtMs };
};

/** The fold of a `session-` tag. */
export const evolveSession = (state: SessionState | null, event: DomainEvent, placed: Placed): SessionState | null => {
  if (event.type === 'session.started.v1') return state ?? started(event.data, placed);
  if (event.type !== 'session.refreshed.v1' && event.type !== 'session.ended.v1') return state;
  if (state?.sessionId !== event.data.sessionId) return state;
  if (event.type === 'session.refreshed.v1') return refreshed(state, event.data, placed);
  return state.ended === null ? { ...state, ended: event.data.reason } : state;
};
