import type { Causes } from './history.js';

export const KEY_KINDS = ['personal', 'member', 'organization', 'generic'] as const;
/** `member`: an organization key that is bound to a member. */
export type KeyKind = (typeof KEY_KINDS)[number];

export interface Owner {
  readonly userId: string;
  readonly orgId: string;
}

export interface RaceKey {
  readonly id: string;
  readonly kind: KeyKind;
  readonly owner: Owner;
  /** The whole request that validates it, ready to be written. */
  readonly request: string;
}

/** The ways to end keys over the API; `off` switches are the operator's. */
export const DENIALS = ['revoke', 'block', 'delete user', 'leave', 'delete org'] as const;
export type Denial = (typeof DENIALS)[number];

const ENDINGS: Readonly<Record<KeyKind, Readonly<Record<string, 'for good' | 'until lifted'>>>> = {
  personal: { revoke: 'for good', block: 'for good', 'delete user': 'for good', 'personal keys off': 'until lifted' },
  member: {
    revoke: 'for good',
    block: 'until lifted',
    'delete user': 'for good',
    leave: 'for good',
    'delete org': 'for good',
    'organization keys off': 'until lifted',
  },
  organization: { revoke: 'for good', 'delete org': 'for good', 'organization keys off': 'until lifted' },
  generic: { revoke: 'for good' },
};

export const endsKey = (kind: KeyKind, denial: string): boolean => ENDINGS[kind][denial] !== undefined;

/** What a denial is called in histories: by whom or what it is about, so that only those it covers are judged by it. */
export const causeOf = (denial: string, keyId: string, { userId, orgId }: Owner): string => {
  switch (denial) {
    case 'revoke':
      return `revoke ${keyId}`;
    case 'block':
    case 'delete user':
      return `${denial} ${userId}`;
    case 'leave':
      return `leave ${orgId} by ${userId}`;
    case 'delete org':
      return `delete org ${orgId}`;
    default:
      return denial;
  }
};

/** Docs/settings.md, "Kinds of keys", with `invalidateOrgApiKeyUponUserRemoval` on and `reinstateKeysOnUnblock` off. */
export const causesOf = (kind: KeyKind, keyId: string, owner: Owner): Causes =>
  new Map(Object.entries(ENDINGS[kind]).map(([denial, how]) => [causeOf(denial, keyId, owner), how]));

/** The field that a refused creation names (docs/api-reference.md, "create-api-key"). */
export const refusedField = (kind: KeyKind, denial: string): string =>
  denial === 'delete org' || (denial === 'organization keys off' && kind !== 'personal') ? 'org_id' : 'user_id';
