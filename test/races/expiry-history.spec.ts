import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExpiryCall, expiryTimeline, expiryViolationsOf, spansAnExpiry } from './expiry-history.js';

const AT = 1_000;
const call = (op: ExpiryCall['op'], outcome: ExpiryCall['outcome'], from: number, to: number, expiresAtMs?: number): ExpiryCall => ({
  op,
  outcome,
  invokedWallMs: from,
  completedWallMs: to,
  by: 'spec',
  ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
});
const valid = (from: number, to: number) => call('validate', 'done', from, to);
const gone = (from: number, to: number) => call('validate', 'gone', from, to);
const moved = (from: number, to: number, expiresAtMs: number, outcome: ExpiryCall['outcome'] = 'done') => call('move', outcome, from, to, expiresAtMs);
const rulesOf = (...calls: readonly ExpiryCall[]): readonly string[] => expiryViolationsOf(AT, calls).map(({ rule }) => rule);

describe('an expiry that is broken is found', () => {
  it.each<[string, readonly ExpiryCall[], string]>([
    ['valid in the millisecond of its expiry', [valid(1_000, 1_001)], 'valid at or after its expiry'],
    ['valid long after it', [gone(1_001, 1_002), valid(5_000, 5_001)], 'valid at or after its expiry'],
    ['gone when the answer was there a millisecond before', [gone(990, 999)], 'gone before its expiry'],
    ['valid after it was moved to earlier and that has passed', [moved(100, 110, 500), valid(500, 501)], 'valid at or after its expiry'],
    ['gone after it was moved to later', [moved(900, 910, 3_000), gone(1_500, 1_501)], 'gone before its expiry'],
    ['valid after the later expiry too', [moved(900, 910, 3_000), valid(3_000, 3_001)], 'valid at or after its expiry'],
    ['moved after it has expired', [moved(1_000, 1_010, 3_000)], 'valid at or after its expiry'],
    ['not found before it has expired', [moved(900, 910, 3_000, 'gone')], 'gone before its expiry'],
    ['moved into the past', [moved(700, 710, 700)], 'moved into the past'],
    ['refused as past before it was', [moved(700, 710, 711, 'past')], 'refused as past before it was'],
    ['valid after a move that was refused', [moved(990, 1_010, 3_000, 'gone'), valid(1_011, 1_012)], 'valid at or after its expiry'],
    ['an answer from nowhere', [call('validate', 'unexpected', 1, 2)], 'an answer that the API does not know'],
  ])('%s', (_, calls, rule) => {
    expect(rulesOf(...calls)).toEqual([rule]);
    expect(rulesOf(...calls.toReversed())).toEqual([rule]);
  });
});

describe('what can have been is not reported', () => {
  it.each<[string, readonly ExpiryCall[]]>([
    ['valid when asked a millisecond before, however late the answer', [valid(999, 1_500)]],
    ['gone when the answer came in the millisecond of its expiry', [gone(999, 1_000)]],
    ['gone while a move to earlier is under way and after it', [moved(490, 510, 500), gone(495, 505), gone(520, 521)]],
    [
      'valid and gone while a move to later is under way at the expiry',
      [moved(990, 1_010, 3_000), gone(1_001, 1_002), valid(1_003, 1_004), valid(1_011, 1_012)],
    ],
    ['valid and gone after an undecided move', [moved(990, 995, 3_000, 'undecided'), valid(1_001, 1_002), gone(1_003, 1_004), gone(3_000, 3_001)]],
    ['moved, moved back and gone', [moved(100, 110, 3_000), moved(200, 210, 1_000), gone(1_000, 1_001)]],
    ['undecided at any time', [call('validate', 'undecided', 5_000, 5_001)]],
    ['never to expire', [moved(100, 110, Infinity), valid(9_000, 9_001)]],
  ])('%s', (_, calls) => {
    expect(rulesOf(...calls)).toEqual([]);
  });

  /** A server that reads its clock once for each call, somewhere within it: whatever it answers is right. */
  it('whatever a right server answers', () => {
    const spans = fc.record({ from: fc.integer({ min: 900, max: 1_100 }), length: fc.integer({ min: 0, max: 60 }), share: fc.integer({ min: 0, max: 100 }) });
    const moves = fc.array(
      fc.record({
        pause: fc.integer({ min: 0, max: 80 }),
        length: fc.integer({ min: 0, max: 60 }),
        share: fc.integer({ min: 0, max: 100 }),
        to: fc.integer({ min: 900, max: 1_150 }),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(moves, fc.array(spans, { maxLength: 8 }), (moving, validating) => {
        const calls: ExpiryCall[] = [];
        const changes = [{ at: -Infinity, expiresAtMs: AT }];
        let now = 900;
        for (const { pause, length, share, to } of moving) {
          const from = now + pause;
          now = from + length;
          const at = from + Math.floor((length * share) / 100);
          const inForce = changes.at(-1)?.expiresAtMs ?? Infinity;
          const outcome = at >= inForce ? 'gone' : to <= at ? 'past' : 'done';
          if (outcome === 'done') changes.push({ at, expiresAtMs: to });
          calls.push(moved(from, now, to, outcome));
          // One after the other: the next begins later.
          now += 1;
        }
        for (const { from, length, share } of validating) {
          const at = from + Math.floor((length * share) / 100);
          const inForce = changes.findLast((change) => change.at <= at)?.expiresAtMs ?? Infinity;
          calls.push(at < inForce ? valid(from, from + length) : gone(from, from + length));
        }
        expect(rulesOf(...calls)).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });
});

it('a call spans an expiry that falls into its time', () => {
  expect([valid(900, 999), valid(999, 1_000), valid(1_000, 1_001), valid(1_001, 1_002)].map((each) => spansAnExpiry(each, [AT]))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

it('a timeline shows what is wrong and what is near to it, from the expiry on', () => {
  const calls = [...Array.from({ length: 50 }, (_, index) => valid(index, index + 1)), moved(400, 410, 500), valid(600, 601)];
  const lines = expiryTimeline(AT, calls, expiryViolationsOf(AT, calls)).split('\n');
  expect(lines[0]).toBe('valid at or after its expiry');
  expect(lines.slice(-2)).toEqual(['    -600 –   -590 ms  spec         move to -500: done', '>   -400 –   -399 ms  spec         validate: done']);
  expect(lines.length).toBe(6);
});
