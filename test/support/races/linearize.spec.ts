import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { precedes } from '@test/support/races/history.js';
import { type ConcurrentHistory, linearize, linearizeAtomic, type TimedLook, type TimedStep } from './linearize.js';
import { type KeyLook, type UserState, type UserStep, userModel } from './user-model.js';

type History = ConcurrentHistory<UserStep, KeyLook>;

const initial: UserState = { blocked: false, keys: { P: 'personal', M: 'member' } };
const coming = userModel(initial, { reinstateKeysOnUnblock: true });
const gone = userModel(initial, { reinstateKeysOnUnblock: false });

const step = (does: UserStep, invokedAt: number, completedAt: number, lost = false): TimedStep<UserStep> => ({ step: does, invokedAt, completedAt, lost });
const block = (from: number, to: number) => step({ does: 'block', outcome: 'done' }, from, to);
const unblock = (from: number, to: number) => step({ does: 'unblock', outcome: 'done' }, from, to);
const create = (key: string, outcome: 'done' | 'refused', from: number, to: number) => step({ does: 'create', key, kind: 'personal', outcome }, from, to);
const revoke = (key: string, outcome: 'done' | 'not found', from: number, to: number) => step({ does: 'revoke', key, outcome }, from, to);
const look = (key: string, valid: boolean, from: number, to: number): TimedLook<KeyLook> => ({ look: { key, valid }, invokedAt: from, completedAt: to });

const explains = (model: typeof coming, ...all: readonly (TimedStep<UserStep> | TimedLook<KeyLook>)[]): boolean => {
  const history: History = { steps: all.filter((each) => 'step' in each), looks: all.filter((each) => 'look' in each) };
  return linearize(model, history) !== null;
};

describe('histories of a user that some order explains', () => {
  it.each([
    ['a block in the crowd before an unblock that ended later', coming, [block(0, 9), unblock(1, 8), look('P', true, 10, 11)]],
    ['and after it', coming, [block(0, 9), unblock(1, 8), look('P', false, 10, 11)]],
    ['two blocks and an unblock at once, back in the end', coming, [block(0, 9), block(0, 9), unblock(0, 9), look('P', true, 10, 11), look('M', true, 10, 11)]],
    ['and dead in the end with nothing given back', gone, [block(0, 9), block(0, 9), unblock(0, 9), look('P', false, 10, 11), look('M', true, 10, 11)]],
    ['an unblock that came before both blocks', gone, [block(0, 9), block(0, 9), unblock(0, 9), look('P', false, 10, 11), look('M', false, 10, 11)]],
    ['a key made while the unblock is under way', gone, [block(0, 1), unblock(2, 9), create('N', 'done', 3, 4), look('N', true, 5, 6), look('P', false, 5, 6)]],
    ['a validation that saw what another did not yet', coming, [block(0, 9), look('P', false, 1, 2), look('P', true, 3, 4), look('P', false, 10, 11)]],
    [
      'a key deleted while blocked is not found and stays dead',
      coming,
      [block(0, 1), revoke('P', 'not found', 2, 3), unblock(4, 5), look('P', false, 6, 7), look('M', true, 6, 7)],
    ],
    ['a key deleted around the block, once either way', coming, [block(0, 9), revoke('P', 'done', 1, 8), look('P', false, 10, 11)]],
    ['a block whose answer was lost came true', coming, [step({ does: 'block', outcome: 'done' }, 0, 1, true), look('P', true, 2, 3), look('P', false, 4, 5)]],
    ['a block whose answer was lost never came', coming, [step({ does: 'block', outcome: 'done' }, 0, 1, true), look('P', true, 4, 5)]],
  ] as const)('%s', (_, model, calls) => {
    expect(explains(model, ...calls)).toBe(true);
  });
});

describe('histories of a user that no order explains', () => {
  it.each([
    ['valid after the block', coming, [block(0, 1), look('P', true, 2, 3)]],
    ['valid after two blocks, with the unblock before the later one', coming, [block(0, 1), unblock(2, 3), block(4, 5), look('P', true, 6, 7)]],
    ['dead after the unblock, although it gives back', coming, [block(0, 1), unblock(2, 3), look('P', false, 4, 5)]],
    ['back after the unblock, although it gives nothing back', gone, [block(0, 1), unblock(2, 3), look('P', true, 4, 5)]],
    ['dead after the unblock, although only suspended', gone, [block(0, 1), unblock(2, 3), look('M', false, 4, 5)]],
    ['two keys of one user that disagree when nothing is under way', coming, [block(0, 9), unblock(0, 9), look('P', true, 10, 11), look('M', false, 10, 11)]],
    ['one key, once back and once dead, when nothing is under way', coming, [block(0, 9), unblock(0, 9), look('P', true, 10, 11), look('P', false, 12, 13)]],
    ['made after the block', gone, [block(0, 1), create('N', 'done', 2, 3)]],
    ['not made although never blocked', gone, [create('N', 'refused', 0, 1), block(2, 3)]],
    ['not made, then made, with one block under way', coming, [block(0, 9), create('N', 'refused', 1, 2), create('O', 'done', 3, 4)]],
    ['a key that comes back after it was deleted', coming, [block(0, 1), revoke('P', 'not found', 2, 3), unblock(4, 5), look('P', true, 6, 7)]],
    ['a key deleted twice', coming, [revoke('P', 'done', 0, 1), revoke('P', 'done', 2, 3)]],
    ['a key deleted with success while blocked', coming, [block(0, 1), revoke('P', 'done', 2, 3)]],
    ['a living key that is not found', coming, [revoke('P', 'not found', 0, 1), block(2, 3)]],
  ] as const)('%s', (_, model, calls) => {
    expect(explains(model, ...calls)).toBe(false);
  });
});

describe('looks that are steps', () => {
  it('may not see an earlier state after a later one', () => {
    const inversion: History = { steps: [block(0, 9)], looks: [look('P', false, 1, 2), look('P', true, 3, 4)] };
    expect(linearize(coming, inversion)).not.toBeNull();
    expect(linearizeAtomic(coming, inversion)).toBeNull();
    expect(linearizeAtomic(coming, { ...inversion, looks: inversion.looks.toReversed() })).toBeNull();
    expect(linearizeAtomic(coming, { ...inversion, looks: [look('P', true, 1, 2), look('P', false, 3, 4)] })).not.toBeNull();
  });
});

const ordersOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  items.length === 0 ? [[]] : items.flatMap((first, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));

const subsetsOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  items.reduce<readonly (readonly Item[])[]>((subsets, item) => subsets.flatMap((subset) => [subset, [...subset, item]]), [[]]);

/** By the definition, with no thought of speed: every order of all steps that were answered and of some that were not. */
const bruteForce = (model: typeof coming, { steps, looks }: History): boolean => {
  const settles = (earlier: TimedStep<UserStep>, later: { invokedAt: number; completedAt: number }): boolean =>
    earlier.lost !== true && precedes(earlier, later);
  const answered = steps.filter(({ lost }) => lost !== true);
  const chosen = subsetsOf(steps.filter(({ lost }) => lost === true)).flatMap((lost) => ordersOf([...answered, ...lost]));
  return chosen.some((order) => {
    if (order.some((later, place) => order.slice(place + 1).some((earlier) => settles(earlier, later)))) return false;
    const states = [model.initial];
    for (const timed of order) {
      const next = model.step(states.at(-1)!, timed.step);
      if (next === null) return false;
      states.push(next);
    }
    return looks.every((timed) =>
      states.some(
        (state, place) =>
          order.slice(place).every((missing) => !settles(missing, timed)) &&
          order.slice(0, place).every((taken) => !precedes(timed, taken)) &&
          model.shows(state, timed.look),
      ),
    );
  });
};

const times = fc.tuple(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 8 })).map(([from, length]) => [from, from + length] as const);
const keys = fc.constantFrom('P', 'M', 'N');
const anyStep: fc.Arbitrary<UserStep> = fc.oneof(
  fc.constantFrom<UserStep>({ does: 'block', outcome: 'done' }, { does: 'unblock', outcome: 'done' }),
  fc.constantFrom('done' as const, 'refused' as const).map((outcome) => ({ does: 'create' as const, key: 'N', kind: 'personal' as const, outcome })),
  fc.tuple(keys, fc.constantFrom('done' as const, 'not found' as const)).map(([key, outcome]) => ({ does: 'revoke' as const, key, outcome })),
);
const anySteps = fc.array(
  fc.tuple(anyStep, times, fc.integer({ min: 0, max: 9 })).map(([does, [from, to], luck]) => step(does, from, to, luck === 0)),
  { maxLength: 4 },
);
const anyLooks = fc.array(
  fc.tuple(keys, fc.boolean(), times).map(([key, valid, [from, to]]) => look(key, valid, from, to)),
  { maxLength: 4 },
);

describe('against every order of a tiny history', () => {
  it.each([
    ['given back', coming],
    ['not given back', gone],
  ] as const)('the search finds an order exactly when there is one, keys %s', (_, model) => {
    const seen = { explained: 0, not: 0 };
    fc.assert(
      fc.property(anySteps, anyLooks, (steps, looks) => {
        const expected = bruteForce(model, { steps, looks });
        seen[expected ? 'explained' : 'not'] += 1;
        expect(linearize(model, { steps, looks }) !== null).toBe(expected);
      }),
      { numRuns: 4_000 },
    );
    expect(Math.min(seen.explained, seen.not)).toBeGreaterThan(300);
  });

  it('whatever is explained with looks as steps is explained without', () => {
    fc.assert(
      fc.property(anySteps, anyLooks, (steps, looks) => {
        if (linearizeAtomic(coming, { steps, looks }) !== null) expect(linearize(coming, { steps, looks })).not.toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });
});
