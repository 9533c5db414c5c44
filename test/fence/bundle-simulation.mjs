// The simulation as one module that plain Node imports: with the product's own sources, or with a mistake put into a copy of them.
import { bundleTool } from '../../scripts/bundle-tool.mjs';

/** Returns the path of the file. `mutant`: one of MUTANTS. */
export const bundleSimulation = (mutant) =>
  bundleTool('test/fence/simulation/run-schedules.ts', {
    name: `simulation-${(mutant?.name ?? 'as-it-is').replaceAll(/[^A-Za-z]+/g, '-')}`,
    edits: mutant?.edits ?? [],
  });
