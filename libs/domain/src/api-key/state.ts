import type { DomainEvent, LogPosition } from '../log-events.js';
import type { KeyGrant } from './events.js';

export interface ApiKeyState extends KeyGrant {
  readonly imported: boolean;
  readonly createdAtMs: number;
  readonly issuedPos: number;
  readonly revokedPos: number | null;
  readonly revokedAtMs: number | null;
  /** Positions of the causes that invalidated this key and were not lifted; lists show the key as archived while there is one. */
  readonly invalidatedBy: readonly number[];
  /** When each of those was written down. */
  readonly invalidationTimesMs: readonly number[];
  /** The first of those times; null while there are no such times. */
  readonly invalidatedAtMs: number | null;
}

/** Fields are named one by one: of a spread with more fields after it each state gets a hidden class of its own, twice the memory. */
const issued = (grant: KeyGrant, imported: boolean, placed: LogPosition): ApiKeyState => ({
  keyId: grant.keyId,
  environmentId: grant.environmentId,
  origin: grant.origin,
  tokenTag: grant.tokenTag,
  pepperId: grant.pepperId,
  tokenPrefix: grant.tokenPrefix,
  userId: grant.userId,
  orgId: grant.orgId,
  creatorId: grant.creatorId,
  userEpoch: grant.userEpoch,
  memberEpoch: grant.memberEpoch,
  creatorEpoch: grant.creatorEpoch,
  expiresAtMs: grant.expiresAtMs,
  metadata: grant.metadata,
  displayName: grant.displayName,
  imported,
  createdAtMs: placed.at,
  issuedPos: placed.pos,
  revokedPos: null,
  revokedAtMs: null,
  invalidatedBy: [],
  invalidationTimesMs: [],
  invalidatedAtMs: null,
});

const created = (event: DomainEvent, placed: LogPosition): ApiKeyState | null => {
  if (event.type === 'api-key.issued.v1') return issued(event.data, false, placed);
  if (event.type === 'api-key.imported.v1') return issued(event.data, true, placed);
  return null;
};

const revoked = (state: ApiKeyState, placed: LogPosition): ApiKeyState =>
  state.revokedPos === null ? { ...state, revokedPos: placed.pos, revokedAtMs: placed.at } : state;

const withInvalidations = (state: ApiKeyState, invalidatedBy: readonly number[], invalidationTimesMs: readonly number[]): ApiKeyState => ({
  ...state,
  invalidatedBy,
  invalidationTimesMs,
  invalidatedAtMs: invalidationTimesMs[0] ?? null,
});

const invalidated = (state: ApiKeyState, causePos: number, atMs: number): ApiKeyState =>
  state.invalidatedBy.includes(causePos) ? state : withInvalidations(state, [...state.invalidatedBy, causePos], [...state.invalidationTimesMs, atMs]);

const reinstated = (state: ApiKeyState, takenBack: number): ApiKeyState => {
  const index = state.invalidatedBy.indexOf(takenBack);
  return index === -1 ? state : withInvalidations(state, state.invalidatedBy.toSpliced(index, 1), state.invalidationTimesMs.toSpliced(index, 1));
};

const applied = (state: ApiKeyState, event: DomainEvent, placed: LogPosition): ApiKeyState => {
  const isMine = (data: { readonly keyId: string }) => data.keyId === state.keyId;
  switch (event.type) {
    case 'api-key.renamed.v1':
      return isMine(event.data) ? { ...state, displayName: event.data.displayName } : state;
    case 'api-key.metadata-changed.v1':
      return isMine(event.data) ? { ...state, metadata: event.data.metadata } : state;
    case 'api-key.expiry-changed.v1':
      return isMine(event.data) ? { ...state, expiresAtMs: event.data.expiresAtMs } : state;
    case 'api-key.revoked.v1':
      return isMine(event.data) ? revoked(state, placed) : state;
    case 'api-key.invalidated.v1':
      return isMine(event.data) ? invalidated(state, event.data.causePos, placed.at) : state;
    case 'api-key.reinstated.v1':
      return isMine(event.data) ? reinstated(state, event.data.invalidatedBy) : state;
    default:
      return state;
  }
};

/** The fold of a `key-` tag. */
export const evolveApiKey = (state: ApiKeyState | null, event: DomainEvent, placed: LogPosition): ApiKeyState | null =>
  state === null ? created(event, placed) : applied(state, event, placed);

/** When the key ends or ended for lists: revoked, expired or invalidated, whichever is first. Null if no end is known. */
export const keyEndsAtMs = ({
  revokedAtMs,
  expiresAtMs,
  invalidatedAtMs,
}: Pick<ApiKeyState, 'revokedAtMs' | 'expiresAtMs' | 'invalidatedAtMs'>): number | null => {
  const times = [revokedAtMs, expiresAtMs, invalidatedAtMs].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
};

export type KeyKind = 'personal' | 'organization' | 'generic';

export const keyKind = (key: Pick<KeyGrant, 'userId' | 'orgId'>): KeyKind => {
  if (key.orgId !== null) return 'organization';
  return key.userId === null ? 'generic' : 'personal';
};
