import type { PrincipalStates } from '../archived.js';
import { isArchived } from '../archived.js';
import type { DomainEvent, InvalidationCause, JsonObject } from '../events.js';
import { jsonEqual } from '../json-equal.js';
import { notFound } from '../refusal.js';
import type { ApiKeyState } from '../states.js';
import { tags } from '../tags.js';
import { within } from './existing.js';
import { refusePastExpiry } from './past-expiry.js';

/** The key that a command is about. */
export interface OfKey {
  readonly keyId: string;
  readonly environmentId: string;
}
/** Left out: stays as it is. */
export interface UpdateKey extends OfKey {
  readonly expiresAtMs?: number | null | undefined;
  readonly metadata?: JsonObject | null | undefined;
  readonly displayName?: string | null | undefined;
}
export interface KeyStates {
  readonly key: ApiKeyState | null;
  readonly principals: PrincipalStates;
}

const currentKey = (cmd: OfKey, s: KeyStates, at: number): ApiKeyState => {
  const key = within(cmd.environmentId, s.key);
  if (key === null || isArchived(key, s.principals, at)) throw notFound();
  return key;
};

export const decideUpdateKey = (cmd: UpdateKey, s: KeyStates, at: number): readonly DomainEvent[] => {
  const key = currentKey(cmd, s, at);
  const { keyId } = key;
  const { displayName = key.displayName, metadata = key.metadata, expiresAtMs = key.expiresAtMs } = cmd;
  refusePastExpiry(expiresAtMs, at);
  const events: DomainEvent[] = [];
  if (displayName !== key.displayName) {
    events.push({ type: 'api-key.renamed.v1', tags: [tags.key(keyId)], data: { keyId, displayName } });
  }
  if (!jsonEqual(metadata, key.metadata)) {
    events.push({ type: 'api-key.metadata-changed.v1', tags: [tags.key(keyId)], data: { keyId, metadata } });
  }
  if (expiresAtMs !== key.expiresAtMs) {
    events.push({ type: 'api-key.expiry-changed.v1', tags: [tags.key(keyId)], data: { keyId, expiresAtMs } });
  }
  return events;
};

/**
 * Also for a key that is dead already, unless it was revoked: a block may be taken back and a clock may be set back, and a key that
 * somebody wanted gone must not return with them. Whether the caller hears of it is for the use case to say (`isArchived`).
 */
export const decideRevokeKey = (cmd: OfKey, s: Pick<KeyStates, 'key'>): readonly DomainEvent[] => {
  const key = within(cmd.environmentId, s.key);
  if (key === null || key.revokedPos !== null) throw notFound();
  const { keyId } = key;
  return [{ type: 'api-key.revoked.v1', tags: [tags.key(keyId)], data: { keyId } }];
};

export interface InvalidateKeys {
  readonly cause: InvalidationCause;
  readonly causePos: number;
  readonly keys: readonly string[];
}

/** One event per key, however often a key is named. Bookkeeping: no verdict looks at it. */
export const decideInvalidateKeys = ({ cause, causePos, keys }: InvalidateKeys): readonly DomainEvent[] =>
  [...new Set(keys)].map((keyId) => ({ type: 'api-key.invalidated.v1', tags: [tags.key(keyId)], data: { keyId, cause, causePos } }));

export interface ReinstateKeys {
  /** The unblock's position. */
  readonly causePos: number;
  /** The position of the block that it takes back. */
  readonly invalidatedBy: number;
  readonly keys: readonly string[];
}

export const decideReinstateKeys = ({ causePos, invalidatedBy, keys }: ReinstateKeys): readonly DomainEvent[] =>
  [...new Set(keys)].map((keyId) => ({ type: 'api-key.reinstated.v1', tags: [tags.key(keyId)], data: { keyId, causePos, invalidatedBy } }));
