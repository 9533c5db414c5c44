import { type ApiKeyState, type Cause, causeOf, type DomainEvent, evolveApiKey, isAffectedBy } from '@app/domain';
import { type DecodedCommit, decodeCommit } from '@app/log';
import type { EventLog } from '@app/ports';

export const allCommits = async (log: EventLog): Promise<readonly DecodedCommit[]> => (await log.readFrom(1, 1_000_000)).map(decodeCommit);

type KeyId = string;
/** Key ids by position of the cause, sorted, repetitions kept. */
export type KeysOfCauses = Record<number, readonly KeyId[]>;

/** What the log says: the keys named by `api-key.invalidated` and `reinstated`. */
export const recordedKeys = (commits: readonly DecodedCommit[]): KeysOfCauses => {
  const found: Record<number, KeyId[]> = {};
  for (const event of commits.flatMap(({ events }) => events)) {
    if (event.type !== 'api-key.invalidated.v1' && event.type !== 'api-key.reinstated.v1') continue;
    (found[event.data.causePos] ??= []).push(event.data.keyId);
  }
  for (const keys of Object.values(found)) keys.sort();
  return found;
};

/** What must follow from the log, computed without any read model: for each cause the keys as they stood just before it (I8). */
export const keysThatFollow = (commits: readonly DecodedCommit[]): KeysOfCauses => {
  const keys = new Map<KeyId, ApiKeyState>();
  const expected: Record<number, readonly KeyId[]> = {};
  for (const commit of commits) {
    for (const event of commit.events) {
      const cause = causeOf(event, commit);
      if (cause !== null) expectFor(cause, keys, expected);
      fold(keys, event, commit);
    }
  }
  return expected;
};

const expectFor = (cause: Cause, keys: ReadonlyMap<KeyId, ApiKeyState>, expected: Record<number, readonly KeyId[]>): void => {
  const ids = [...keys.values()]
    .filter((key) => isAffectedBy(cause, key))
    .map(({ keyId }) => keyId)
    .toSorted();
  if (ids.length > 0) expected[cause.pos] = ids;
};

const fold = (keys: Map<KeyId, ApiKeyState>, event: DomainEvent, commit: DecodedCommit): void => {
  if (!('keyId' in event.data)) return;
  const state = evolveApiKey(keys.get(event.data.keyId) ?? null, event, commit);
  if (state !== null) keys.set(event.data.keyId, state);
};
