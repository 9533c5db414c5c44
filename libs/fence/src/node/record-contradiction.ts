import type { FenceRecordState, KeyRecord } from '@app/domain';

/** The fields that a key gets when it is issued and that no event changes later. A verdict depends on all of them. */
const GRANT = [
  'environmentId',
  'userId',
  'orgId',
  'creatorId',
  'userEpoch',
  'memberEpoch',
  'creatorEpoch',
  'createdAtMs',
] as const satisfies readonly (keyof KeyRecord)[];

/** Whether the record is a final denial: no event reverts it. */
const isFinal = (state: FenceRecordState): boolean => {
  switch (state.kind) {
    case 'key':
    case 'backendkey':
      return state.revoked;
    case 'user':
    case 'org':
      return state.deleted;
    case 'session':
      return state.ended;
    case 'env':
    case 'host':
      return false;
  }
};

/**
 * How two records of one name contradict each other, as the end of a sentence; null where they do not. `older` was read at the same
 * position as `newer` or before it. A contradiction can only come from a broken read: a newer record never reverts a denial.
 */
export const contradictionOf = (older: FenceRecordState, newer: FenceRecordState): string | null => {
  if (older.kind !== newer.kind) return `became a ${newer.kind} from a ${older.kind}`;
  if (isFinal(older) && !isFinal(newer)) return 'came back from its final end';
  if (older.kind === 'key' && newer.kind === 'key' && GRANT.some((field) => older[field] !== newer[field])) return 'changed whose key it is';
  if (older.kind === 'user' && newer.kind === 'user' && (newer.epoch < older.epoch || newer.sessionEpoch < older.sessionEpoch))
    return 'went back to an earlier epoch';
  return null;
};
