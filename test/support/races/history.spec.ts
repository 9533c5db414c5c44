import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, type Causes, racesWith, type Rule, violationsOf } from './history.js';
import { linearize, type SequentialModel } from './linearize.js';

const KEY = 'key-1';
const causes: Causes = new Map([
  ['revoke', 'for good'],
  ['block', 'until lifted'],
]);

const call = (op: Call['op'], about: string, outcome: Call['outcome'], invokedAt: number, completedAt: number): Call => ({
  op,
  about,
  outcome,
  invokedAt,
  completedAt,
  by: 'spec',
});
const created = (from: number, to: number, outcome: Call['outcome'] = 'done') => call('create', KEY, outcome, from, to);
const denied = (about: string, from: number, to: number, outcome: Call['outcome'] = 'done') => call('deny', about, outcome, from, to);
const lifted = (from: number, to: number, outcome: Call['outcome'] = 'done') => call('lift', 'block', outcome, from, to);
const valid = (from: number, to: number) => call('validate', KEY, 'done', from, to);
const refused = (from: number, to: number) => call('validate', KEY, 'refused', from, to);

const rulesOf = (...calls: readonly Call[]): readonly Rule[] => violationsOf(KEY, causes, calls).map(({ rule }) => rule);

const AFTER_DENIAL: Rule = 'allowed after an acknowledged denial';
const WITHOUT_DENIAL: Rule = 'refused although nothing denies it';
const AFTER_LIFTING: Rule = 'refused although an acknowledged lifting has ended every denial';

describe('what is wrong is found', () => {
  it.each<[string, readonly Call[], Rule]>([
    ['valid after a revocation was acknowledged', [created(0, 1), denied('revoke', 2, 5), valid(6, 7)], AFTER_DENIAL],
    ['valid long after it', [created(0, 1), denied('revoke', 2, 5), refused(6, 7), valid(900, 901)], AFTER_DENIAL],
    ['valid after a block was acknowledged', [created(0, 1), denied('block', 2, 5), valid(6, 7)], AFTER_DENIAL],
    [
      'valid after the earlier of two denials, while the later is under way',
      [created(0, 1), denied('block', 2, 5), denied('revoke', 2, 9), valid(6, 7)],
      AFTER_DENIAL,
    ],
    ['valid after the earlier of a revocation and its repetition', [created(0, 1), denied('revoke', 2, 9), denied('revoke', 3, 4), valid(5, 6)], AFTER_DENIAL],
    ['valid after a revocation, whatever is lifted', [created(0, 1), denied('revoke', 2, 5), lifted(6, 7), valid(8, 9)], AFTER_DENIAL],
    ['valid after a block that was lifted before it', [created(0, 1), lifted(1, 2), denied('block', 3, 5), valid(6, 7)], AFTER_DENIAL],
    ['valid before the lifting began', [created(0, 1), denied('block', 2, 3), valid(4, 5), lifted(6, 7)], AFTER_DENIAL],
    ['valid after a lifting that was refused', [created(0, 1), denied('block', 2, 3), lifted(4, 5, 'refused'), valid(6, 7)], AFTER_DENIAL],
    [
      'valid between two blocks and after the lifting of neither',
      [created(0, 1), denied('block', 2, 3), lifted(4, 5), denied('block', 6, 7), valid(8, 9)],
      AFTER_DENIAL,
    ],
    ['made after a block was acknowledged', [denied('block', 0, 1), created(2, 3)], AFTER_DENIAL],
    ['refused after it was made, with no denial', [created(0, 1), refused(2, 3)], WITHOUT_DENIAL],
    ['refused before the denial began', [created(0, 1), refused(2, 3), denied('revoke', 4, 5)], WITHOUT_DENIAL],
    ['refused for a denial that was refused itself', [created(0, 1), denied('block', 2, 3, 'refused'), refused(4, 5)], WITHOUT_DENIAL],
    ['refused for the block of another user', [created(0, 1), denied('block of another', 2, 3), refused(4, 5)], WITHOUT_DENIAL],
    ['not made before the denial began', [created(0, 1, 'refused'), denied('block', 2, 3)], WITHOUT_DENIAL],
    ['refused after the block was lifted', [created(0, 1), denied('block', 2, 3), lifted(4, 5), refused(6, 7)], AFTER_LIFTING],
    ['an answer from nowhere', [created(0, 1), call('validate', KEY, 'unexpected', 2, 3)], 'an answer that the API does not know'],
  ])('%s', (_, calls, rule) => {
    expect(rulesOf(...calls)).toEqual([rule]);
    expect(rulesOf(...calls.toReversed())).toEqual([rule]);
  });

  it('with the two calls that contradict each other, of several denials the earliest', () => {
    const [first, second, wrong] = [denied('block', 2, 4), denied('revoke', 1, 5), valid(6, 7)];
    expect(violationsOf(KEY, causes, [created(0, 1), second, first, wrong])).toEqual([{ rule: AFTER_DENIAL, call: wrong, against: first }]);
  });
});

describe('what can have been is not reported', () => {
  it.each<[string, readonly Call[]]>([
    ['valid while the denial is under way, after a refusal too', [created(0, 1), denied('revoke', 2, 9), refused(3, 4), valid(5, 6), refused(10, 11)]],
    ['valid when it began before the acknowledgement and came long after', [created(0, 1), denied('revoke', 2, 5), valid(4, 99)]],
    ['valid when it began in the instant of the acknowledgement', [created(0, 1), denied('revoke', 2, 5), valid(5, 6)]],
    ['unknown while it is being made', [created(0, 5), refused(1, 2), refused(4, 6), valid(6, 7)]],
    ['valid after a denial that was refused', [created(0, 1), denied('block', 2, 3, 'refused'), valid(4, 5)]],
    ['valid and refused after a denial that is undecided', [created(0, 1), denied('block', 2, 3, 'undecided'), valid(4, 5), refused(6, 7), valid(8, 9)]],
    ['refused after a lifting, because an undecided block came true late', [created(0, 1), denied('block', 2, 3, 'undecided'), lifted(4, 5), refused(6, 7)]],
    ['valid after a block, because an undecided lifting came true', [created(0, 1), denied('block', 2, 3), lifted(4, 5, 'undecided'), valid(6, 7)]],
    ['valid after a block, because a lifting lost before it came true late', [created(0, 1), lifted(1, 2, 'undecided'), denied('block', 3, 4), valid(5, 6)]],
    ['valid while the lifting is under way', [created(0, 1), denied('block', 2, 3), lifted(4, 9), valid(5, 6), refused(7, 8), valid(10, 11)]],
    ['valid after a block whose lifting began before it was acknowledged', [created(0, 1), denied('block', 2, 6), lifted(3, 4), valid(7, 8)]],
    ['refused after a block whose lifting began before it was acknowledged', [created(0, 1), denied('block', 2, 6), lifted(3, 4), refused(7, 8)]],
    [
      'refused for good after a revocation, although the block was lifted',
      [created(0, 1), denied('revoke', 2, 3), denied('block', 2, 3), lifted(4, 5), refused(6, 7)],
    ],
    ['valid whatever happens to others', [created(0, 1), denied('block of another', 2, 3), valid(4, 5)]],
    ['undecided at any time', [created(0, 1), call('validate', KEY, 'undecided', 2, 3), denied('revoke', 4, 5), call('validate', KEY, 'undecided', 6, 7)]],
    ['made or not made while the block is under way', [denied('block', 0, 9), created(1, 2, 'refused'), created(3, 4)]],
    ['not made after the block', [denied('block', 0, 1), created(2, 3, 'refused')]],
  ])('%s', (_, calls) => {
    expect(rulesOf(...calls)).toEqual([]);
  });
});

describe('racing', () => {
  it('is to be under way at the same time', () => {
    const denials = [denied('revoke', 10, 20), denied('block', 15, 30)];
    const spans = [
      [0, 9],
      [0, 10],
      [5, 15],
      [12, 13],
      [25, 26],
      [20, 40],
      [30, 40],
      [31, 40],
    ] as const;
    expect(spans.map(([from, to]) => racesWith(valid(from, to), denials))).toEqual([false, true, true, true, true, true, true, false]);
  });
});

/** The key as a register: made or not, and which causes deny it. The other way to judge a history: try every order. */
interface Made {
  readonly isMade: boolean;
  readonly denies: readonly string[];
}
const model: SequentialModel<Made, Call, Call> = {
  initial: { isMade: false, denies: [] },
  step: (state, { op, about, outcome }) => {
    if (outcome === 'refused' && op !== 'create') return state;
    if (op === 'deny') return { ...state, denies: [...new Set([...state.denies, about])] };
    if (op === 'lift') return { ...state, denies: state.denies.filter((each) => each !== about) };
    if ((state.denies.length === 0) !== (outcome === 'done')) return null;
    return outcome === 'done' ? { ...state, isMade: true } : state;
  },
  shows: ({ isMade, denies }, { outcome }) => outcome === 'undecided' || (isMade && denies.length === 0) === (outcome === 'done'),
  fingerprint: ({ isMade, denies }) => `${String(isMade)} ${denies.toSorted().join(' ')}`,
};

const canHaveBeen = (calls: readonly Call[]): boolean =>
  linearize(model, {
    // A denial that was refused changed nothing, so it is not a step: as one it would only pin the time of an undecided one next to it.
    steps: calls
      .filter(({ op, outcome }) => op !== 'validate' && (op !== 'deny' || outcome !== 'refused'))
      .map((step) => ({ ...step, step, lost: step.outcome === 'undecided' })),
    looks: calls.filter(({ op }) => op === 'validate').map((look) => ({ ...look, look })),
  }) !== null;

const spans = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 5 })).map(([from, length]) => [from, from + length] as const);
const callsOf = (op: Call['op'], abouts: readonly string[], outcomes: readonly Call['outcome'][]): fc.Arbitrary<Call> =>
  fc.tuple(fc.constantFrom(...abouts), fc.constantFrom(...outcomes), spans).map(([about, outcome, [from, to]]) => call(op, about, outcome, from, to));

const denials = fc.array(callsOf('deny', ['revoke', 'block'], ['done', 'done', 'undecided', 'refused']), { maxLength: 3 });
const validations = fc.array(callsOf('validate', [KEY], ['done', 'refused', 'undecided']), { maxLength: 4 });
const creations = callsOf('create', [KEY], ['done', 'done', 'refused']);
const liftings = fc.array(callsOf('lift', ['block'], ['done', 'undecided', 'refused']), { maxLength: 2 });
const judged = { numRuns: 3_000 };

describe('against every order of a tiny history', () => {
  // A key that is not made has no token to validate, so validations begin after the creation did.
  const canBeAsked =
    (creation: Call) =>
    (each: Call): boolean =>
      creation.outcome === 'done' && each.invokedAt >= creation.invokedAt;
  const histories = fc
    .tuple(creations, denials, validations)
    .map(([creation, denying, validating]) => [creation, ...denying, ...validating.filter(canBeAsked(creation))]);

  it('without liftings, a history has a violation exactly when no order explains it', () => {
    fc.assert(
      fc.property(histories, (calls) => {
        expect(rulesOf(...calls).length === 0).toBe(canHaveBeen(calls));
      }),
      judged,
    );
  });

  it('with liftings, a history that some order explains has no violation', () => {
    fc.assert(
      fc.property(histories, liftings, (calls, lifting) => {
        const all = [...calls, ...lifting];
        if (canHaveBeen(all)) expect(rulesOf(...all)).toEqual([]);
      }),
      judged,
    );
  });

  it('with liftings, few histories that no order explains are missed', () => {
    const seen = { wrong: 0, found: 0 };
    fc.assert(
      fc.property(histories, liftings, (calls, lifting) => {
        const all = [...calls, ...lifting];
        if (canHaveBeen(all)) return;
        seen.wrong += 1;
        if (rulesOf(...all).length > 0) seen.found += 1;
      }),
      judged,
    );
    expect(seen.wrong).toBeGreaterThan(100);
    expect(seen.found / seen.wrong).toBeGreaterThan(0.9);
  });
});
