import type { KeyView } from '@app/contracts';
import { type ApiKeyState, toKeyRecord } from '@app/domain';

/** The rule by which lists tell current from archived: nothing is written when a key expires, so times are compared. */
export const isListedAsArchived = (key: ApiKeyState, nowMs: number): boolean =>
  key.revokedPos !== null || key.invalidatedBy.length > 0 || (key.expiresAtMs !== null && key.expiresAtMs <= nowMs);

export const toKeyView = (key: ApiKeyState, nowMs: number, lastUsed: ReadonlyMap<string, number>): KeyView => ({
  key: toKeyRecord(key),
  archived: isListedAsArchived(key, nowMs),
  lastUsedAtMs: lastUsed.get(key.keyId) ?? null,
});
