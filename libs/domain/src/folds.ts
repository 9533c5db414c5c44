import { type ApiKeyState, evolveApiKey } from './api-key/state.js';
import { type BackendKeyState, evolveBackendKey } from './backend-key/state.js';
import { type ClaimState, evolveClaim, freeClaim } from './claim.js';
import { type EnvironmentState, evolveEnvironment } from './environment/state.js';
import type { DomainEvent, LogPosition } from './log-events.js';
import { evolveOrganization, type OrganizationState } from './organization/state.js';
import { evolveRegistry, initialRegistry, type RegistryState } from './registry/state.js';
import { evolveSession, type SessionState } from './session/state.js';
import { evolveUser, type UserState } from './user/state.js';

/** The state that the log folds a tag into, by the tag's prefix; `null` if no commit has the tag yet. (`command-` tags are the log's own.) */
export interface StateOfPrefix {
  'user-': UserState | null;
  'org-': OrganizationState | null;
  'env-': EnvironmentState | null;
  'key-': ApiKeyState | null;
  'session-': SessionState | null;
  'backendkey-': BackendKeyState | null;
  'email-': ClaimState;
  'username-': ClaimState;
  'slug-': ClaimState;
  'environment-name-': ClaimState;
  'auth-host-': ClaimState;
  'token-': ClaimState;
  registry: RegistryState;
}
export type TagPrefix = keyof StateOfPrefix;

export interface Fold<State> {
  readonly initial: State;
  /** Never throws, never mutates; ignores events that do not have the tag. */
  evolve(state: State, event: DomainEvent, placed: LogPosition): State;
}

type Evolve<State> = (state: State, event: DomainEvent, placed: LogPosition) => State;

const entity =
  <State>(evolve: Evolve<State | null>) =>
  (tag: string): Fold<State | null> => ({
    initial: null,
    evolve: (state, event, placed) => (event.tags.includes(tag) ? evolve(state, event, placed) : state),
  });

const claim = (tag: string): Fold<ClaimState> => ({
  initial: freeClaim,
  evolve: (state, event, placed) => evolveClaim(tag, state, event, placed),
});

const FOLDS: { readonly [Prefix in TagPrefix]: (tag: string) => Fold<StateOfPrefix[Prefix]> } = {
  'user-': entity(evolveUser),
  'org-': entity(evolveOrganization),
  'env-': entity(evolveEnvironment),
  'key-': entity(evolveApiKey),
  'session-': entity(evolveSession),
  'backendkey-': entity(evolveBackendKey),
  'email-': claim,
  'username-': claim,
  'slug-': claim,
  'environment-name-': claim,
  'auth-host-': claim,
  'token-': claim,
  registry: () => ({ initial: initialRegistry, evolve: evolveRegistry }),
};

const PREFIXES: readonly TagPrefix[] = [
  'user-',
  'org-',
  'env-',
  'key-',
  'backendkey-',
  'email-',
  'username-',
  'slug-',
  'environment-name-',
  'auth-host-',
  'token-',
  'session-',
  'registry',
];

/** The kind of the tag; null for tags that domain does not fold (`command-`). */
export const prefixOf = (tag: string): TagPrefix | null => PREFIXES.find((prefix) => tag.startsWith(prefix)) ?? null;

/** The fold of tags of a kind that the caller knows: its states are typed. */
export const foldFor = <Prefix extends TagPrefix>(prefix: Prefix, tag: string): Fold<StateOfPrefix[Prefix]> => FOLDS[prefix](tag);

/** The fold of any tag of the log but `command-`; an unknown tag is a programming error. */
export const foldOf = (tag: string): Fold<unknown> => {
  const prefix = prefixOf(tag);
  if (prefix === null) throw new Error(`There is no fold for the tag ${tag}.`);
  return foldFor(prefix, tag);
};
