import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.mjs';
import { runSimulation } from './run-simulation.js';

/** Schedules in which each must be found. Most are found in the first twenty. */
const BUDGET = 5_000;
/** As fence.md lists them. */
const REQUIRED = [
  'no asOf check', 'no floor check', 'lease from receive time', "node lease longer than the authority's wait", 'registry read before the append',
  'lease before registration', 'retry acknowledges at once', 'removal without waiting after the fence', 'timer flag instead of clock',
  'ack before apply', 'a reset clears lastChange', 'fence check before the catch-up', 'a renewal joins a running probe',
  'asOf newer than the state', 'a second join keeps the records', 'eviction does not mark dead', 'a strong read joins a running one',
];
/** A protocol that cannot recover is wrong too, but these must be caught answering wrongly. */
const isAboutAnswers = (violation: string): boolean => /^I\d+: /.test(violation);

describe('the simulation finds the mutant', () => {
  it.each(MUTANTS.map(({ name }) => name))('%s', async (name) => {
    const { failure } = await runSimulation(['--schedules', String(BUDGET), '--seed', '1', '--workers', '2', '--mutant', name, '--ignore', 'recovery']);
    expect(failure, 'not found').not.toBeNull();
    expect(failure?.violations.filter(isAboutAnswers)).not.toEqual([]);
  }, 600_000);

  it('of every kind that the protocol is known to be sensitive to', () => {
    expect(REQUIRED.filter((name) => MUTANTS.every((mutant) => mutant.name !== name))).toEqual([]);
  });
});
