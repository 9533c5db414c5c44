import { beforeAll, describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.mjs';
import { type Replay, replayMutants, searchMutant, wrongAnswers } from './run-simulation.js';

const MINUTES = 60_000;
/** As fence.md lists them. */
const REQUIRED = [
  'no asOf check',
  'no floor check',
  'lease from receive time',
  "node lease longer than the authority's wait",
  'registry read before the append',
  'lease before registration',
  'retry acknowledges at once',
  'removal without waiting after the fence',
  'timer flag instead of clock',
  'ack before apply',
  'a reset clears lastChange',
  'fence check before the catch-up',
  'a renewal joins a running probe',
  'asOf newer than the state',
  'a second join keeps the records',
  'eviction does not mark dead',
  'a strong read joins a running one',
];

/** A change of the product or of the simulation moves what a schedule does; the mistake is then elsewhere, and the next run needs to know where. */
const foundElsewhere = async (name: string): Promise<readonly string[]> => {
  const { failure } = await searchMutant(name);
  if (failure !== null) {
    process.stderr.write(
      `"${name}" is no longer found in its stored schedule, but with seed ${failure.seed}, path ${failure.path}. To store it: npm run simulate -- --store-mutants --mutant "${name}"\n`,
    );
  }
  return wrongAnswers(failure);
};

describe('the simulation finds the mutant', () => {
  let replays: ReadonlyMap<string, Replay>;
  beforeAll(async () => {
    replays = await replayMutants();
  }, 5 * MINUTES);

  it.each(MUTANTS.map(({ name }) => name))(
    '%s',
    async (name) => {
      const replay = replays.get(name);
      expect(replay, 'Not replayed.').toBeDefined();
      expect(replay?.error).toBeUndefined();
      const violations = wrongAnswers(replay?.failure ?? null);
      expect(
        violations.length > 0 ? violations : await foundElsewhere(name),
        `Not found. Again: npm run simulate -- --mutant "${name}" --ignore recovery`,
      ).not.toEqual([]);
    },
    10 * MINUTES,
  );

  it('of every kind that the protocol is known to be sensitive to', () => {
    expect(REQUIRED.filter((name) => MUTANTS.every((mutant) => mutant.name !== name))).toEqual([]);
  });
});
