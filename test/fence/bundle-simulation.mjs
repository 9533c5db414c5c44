// The simulation as one file that plain Node runs: with the product's own sources, or with a mistake put into a copy of them.
import { bundleTestProgram } from '../../scripts/bundle-test-program.mjs';
import { MUTANTS } from './mutants.mjs';

const editsOf = (name) => {
  const mutant = MUTANTS.find((one) => one.name === name);
  if (mutant === undefined) throw new Error(`There is no mutant "${name}".`);
  return mutant.edits;
};

/** Returns the path of the file to run. */
export const bundleSimulation = (mutant) => bundleTestProgram({
  entry: 'test/fence/simulation/main.ts',
  name: `simulation-${(mutant ?? 'as-it-is').replaceAll(/[^A-Za-z]+/g, '-')}`,
  edits: mutant === undefined ? [] : editsOf(mutant),
});
