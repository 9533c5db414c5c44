import type { KeyView } from '@app/messages';
import { type ApiKeyState, keyEndsAtMs, toKeyRecord } from '@app/domain';

/** The rule by which lists tell current from archived: nothing is written when a key expires, so times are compared. */
export const isListedAsArchived = (key: ApiKeyState, nowMs: number): boolean =>
  key.revokedPos !== null || key.invalidatedBy.length > 0 || (key.expiresAtMs !== null && key.expiresAtMs <= nowMs);

export const toKeyView = (key: ApiKeyState, nowMs: number, lastUsed: ReadonlyMap<string, number>): KeyView => {
  const archived = isListedAsArchived(key, nowMs);
  return { key: toKeyRecord(key), archived, endedAtMs: archived ? keyEndsAtMs(key) : null, lastUsedAtMs: lastUsed.get(key.keyId) ?? null };
};
