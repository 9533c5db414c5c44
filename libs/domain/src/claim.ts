import { claimChangeOf, type DomainEvent, type LogPosition } from './log-events.js';

/** A unique thing (`email-`, `username-`, `slug-`, `environment-name-`, `auth-host-`, `token-`): the id of its holder, or for a token the holder's name (`key-…`, `backendkey-…`); null if it is free. */
export interface ClaimState {
  readonly holder: string | null;
}

export const freeClaim: ClaimState = { holder: null };

/** The fold of a unique thing's tag. No event releases a `token-`: a known token is refused forever. */
export const evolveClaim = (tag: string, state: ClaimState, event: DomainEvent, _placed: LogPosition): ClaimState => {
  const change = claimChangeOf(event);
  if (change === null) return state;
  // A change of spelling claims and releases the same tag; the claim must win.
  if (change.claims.includes(tag)) return state.holder === null ? { holder: change.holder } : state;
  return change.releases.includes(tag) && state.holder === change.holder ? freeClaim : state;
};
