import type { SequentialModel } from './linearize.js';

/**
 * A user with personal keys and with organization keys that are bound to its membership, as docs/settings.md describes them, with
 * `invalidateOrgApiKeyUponUserRemoval` on. Written from the documentation and not from the product's rules, so that a mistake in
 * those shows.
 */
export type KeyKind = 'personal' | 'member';

export type UserStep =
  | { readonly does: 'block' | 'unblock'; readonly outcome: 'done' }
  | { readonly does: 'create'; readonly key: string; readonly kind: KeyKind; readonly outcome: 'done' | 'refused' }
  | { readonly does: 'revoke'; readonly key: string; readonly outcome: 'done' | 'not found' };

export interface KeyLook {
  readonly key: string;
  readonly valid: boolean;
}

/** A personal key that a block without reinstatement has hit is as dead as a revoked one, once the user is unblocked; so is it before. */
type KeyState = KeyKind | 'dead';

export interface UserState {
  readonly blocked: boolean;
  readonly keys: Readonly<Record<string, KeyState>>;
}

const isAlive = ({ blocked, keys }: UserState, key: string): boolean => !blocked && keys[key] !== undefined && keys[key] !== 'dead';

const withKey = (state: UserState, key: string, keyState: KeyState): UserState => ({ ...state, keys: { ...state.keys, [key]: keyState } });

const blocked = (state: UserState, reinstate: boolean): UserState => {
  if (state.blocked) return state;
  const after = Object.entries(state.keys).map(([key, keyState]) => [key, keyState === 'personal' && !reinstate ? 'dead' : keyState] as const);
  return { blocked: true, keys: Object.fromEntries(after) };
};

const stepped = (state: UserState, step: UserStep, reinstate: boolean): UserState | null => {
  switch (step.does) {
    case 'block':
      return blocked(state, reinstate);
    case 'unblock':
      return { ...state, blocked: false };
    case 'create':
      if (state.blocked !== (step.outcome === 'refused')) return null;
      return state.blocked ? state : withKey(state, step.key, step.kind);
    case 'revoke':
      // Archived keys are "not found", but their end is final from then on.
      if (isAlive(state, step.key) !== (step.outcome === 'done')) return null;
      return withKey(state, step.key, 'dead');
  }
};

export const userModel = (initial: UserState, settings: { readonly reinstateKeysOnUnblock: boolean }): SequentialModel<UserState, UserStep, KeyLook> => ({
  initial,
  step: (state, step) => stepped(state, step, settings.reinstateKeysOnUnblock),
  shows: (state, { key, valid }) => isAlive(state, key) === valid,
  fingerprint: ({ blocked: isBlocked, keys }) =>
    `${String(isBlocked)} ${Object.entries(keys)
      .map(([key, keyState]) => `${key}=${keyState}`)
      .sort()
      .join(' ')}`,
});
