import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isAck,
  isBarrierQuestion,
  isFenceAnswer,
  isFenceFailure,
  isFenceQuestion,
  isJoinAnswer,
  isPush,
  isRecordsAnswer,
  isRecordsQuestion,
  isRenewAnswer,
  isRenewQuestion,
} from './fence-shapes.js';

const question = { incarnation: 'i', nonce: 'n' };
const granted = { nonce: 'n', kind: 'granted', now: 1.5, head: 9, headHash: 'h', changes: [{ pos: 8, names: ['user-1'] }] };
const messages = [
  ['question', isFenceQuestion, question],
  ['renewal', isRenewQuestion, { ...question, applied: 0, hash: '' }],
  ['records wanted', isRecordsQuestion, { ...question, digests: ['d'], names: ['user-1'] }],
  ['barrier', isBarrierQuestion, { ...question, pos: 1, names: [] }],
  ['push', isPush, { pos: 1, names: ['user-1'], nonce: 'n' }],
  ['acknowledgement', isAck, question],
  ['answer', isFenceAnswer, { nonce: 'n' }],
  ['join', isJoinAnswer, { nonce: 'n', leaseMs: 5_000, feedFloor: 0, hash: 'h', logHash: 'l' }],
  ['failure', isFenceFailure, { nonce: 'n', failed: true }],
  ['granted', isRenewAnswer, granted],
  ['refused', isRenewAnswer, { nonce: 'n', kind: 'refused' }],
  ['another history', isRenewAnswer, { nonce: 'n', kind: 'another-history' }],
  ['records', isRecordsAnswer, { nonce: 'n', now: 1, resolved: [{ digest: 'd', name: null }], records: [{ name: 'user-1', state: {}, asOf: 3 }] }],
] as const;

describe("the shapes of the fence's messages", () => {
  it.each(messages)('%s: accepted as it is, and not with any field left out or of another kind', (_, isShaped, message) => {
    expect(isShaped(message)).toBe(true);
    expect(isShaped({ ...message, more: undefined, added: 1 })).toBe(true);
    for (const field of Object.keys(message)) {
      for (const wrong of [undefined, { odd: 1 }, [{}], true === (message as Record<string, unknown>)[field] ? false : true]) {
        expect([field, wrong, isShaped({ ...message, [field]: wrong })]).toEqual([field, wrong, false]);
      }
    }
  });

  it('what is optional may be left out, not be something else', () => {
    expect(isRenewAnswer({ ...granted, more: true, reset: { floor: 3 } })).toBe(true);
    for (const odd of [{ more: false }, { reset: null }, { reset: { floor: -1 } }]) expect(isRenewAnswer({ ...granted, ...odd })).toBe(false);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53, '1', null])('%s is not a position', (pos) => {
    expect(isPush({ pos, names: [], nonce: 'n' })).toBe(false);
  });

  it('any other JSON is not a message, and nothing throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => messages.every(([, isShaped]) => !isShaped(value))));
  });
});
