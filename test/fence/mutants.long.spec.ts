import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.mjs';
import { searchMutant, wrongAnswers } from './run-simulation.js';

// Where mutants.process.spec.ts shows that the stored schedules still find them, this shows that schedules which were not chosen for them do.
describe('a search of the simulation finds the mutant', () => {
  it.each(MUTANTS.map(({ name }) => name))(
    '%s',
    async (name) => {
      const { failure } = await searchMutant(name);
      expect(wrongAnswers(failure), `Not found. Again: npm run simulate -- --mutant "${name}" --ignore recovery`).not.toEqual([]);
    },
    600_000,
  );
});
