import type { ClaimChange, EventDeclaration, EventTable, Fact } from '../fact.js';
import type { JsonObject } from '../json.js';
import { tags } from '../tags.js';

/** Which API created the key; it decides the token's format, never its permissions. */
export type KeyOrigin = 'backend' | 'frontend' | 'organization';

export interface KeyGrant {
  readonly keyId: string;
  readonly environmentId: string;
  readonly origin: KeyOrigin;
  readonly tokenTag: string;
  readonly pepperId: string;
  /** The first ten characters of the token if its format has a fixed prefix; never more. */
  readonly tokenPrefix: string | null;
  readonly userId: string | null;
  readonly orgId: string | null;
  /** The user whose removal ends an organization key (with the setting on); null if there is no such user. */
  readonly creatorId: string | null;
  /** The user's epoch for a personal key, else null. */
  readonly userEpoch: number | null;
  /** The epoch of the user's membership for an organization key with a user, else null. */
  readonly memberEpoch: number | null;
  /** The epoch of the creator's membership for an organization key with a creator, else null. */
  readonly creatorEpoch: number | null;
  readonly expiresAtMs: number | null;
  readonly metadata: JsonObject | null;
  readonly displayName: string | null;
}

export type InvalidationCause = 'user.blocked' | 'user.deleted' | 'membership.left' | 'organization.deleted';

export type ApiKeyEvent =
  | Fact<'api-key.issued.v1', KeyGrant>
  | Fact<'api-key.imported.v1', KeyGrant>
  | Fact<'api-key.renamed.v1', { keyId: string; displayName: string | null }>
  | Fact<'api-key.metadata-changed.v1', { keyId: string; metadata: JsonObject | null }>
  | Fact<'api-key.expiry-changed.v1', { keyId: string; expiresAtMs: number | null }>
  | Fact<'api-key.revoked.v1', { keyId: string }>
  | Fact<'api-key.invalidated.v1', { keyId: string; cause: InvalidationCause; causePos: number }>
  /** `causePos` is the unblock's position, `invalidatedBy` that of the block whose invalidation it takes back. */
  | Fact<'api-key.reinstated.v1', { keyId: string; causePos: number; invalidatedBy: number }>;

const changesKey = ({ keyId }: { readonly keyId: string }): readonly string[] => [tags.key(keyId)];

/** No event releases a token: one that was known once is refused forever. */
const claimsToken = ({ keyId, tokenTag }: KeyGrant): ClaimChange => ({ holder: tags.key(keyId), claims: [tokenTag], releases: [] });

const GRANTED: EventDeclaration<KeyGrant> = {
  changes: null,
  personal: ['metadata', 'displayName'],
  public: ['keyId', 'environmentId', 'origin', 'userId', 'orgId', 'creatorId', 'expiresAtMs'],
  claims: claimsToken,
};

export const API_KEY_EVENTS: EventTable<ApiKeyEvent> = {
  'api-key.issued.v1': GRANTED,
  'api-key.imported.v1': GRANTED,
  'api-key.renamed.v1': { changes: changesKey, personal: ['displayName'], public: ['keyId'], claims: null },
  'api-key.metadata-changed.v1': { changes: changesKey, personal: ['metadata'], public: ['keyId'], claims: null },
  'api-key.expiry-changed.v1': { changes: changesKey, personal: [], public: ['keyId', 'expiresAtMs'], claims: null },
  'api-key.revoked.v1': { changes: changesKey, personal: [], public: ['keyId'], claims: null },
  // Bookkeeping for lists: no verdict changes with it.
  'api-key.invalidated.v1': { changes: null, personal: [], public: ['keyId', 'cause', 'causePos'], claims: null },
  'api-key.reinstated.v1': { changes: null, personal: [], public: ['keyId', 'causePos', 'invalidatedBy'], claims: null },
};
