// Every mutant in the schedule that is stored beside it. All in one process: what a process loads costs more than a schedule.
import { pathToFileURL } from 'node:url';
import { bundleSimulation } from './bundle-simulation.mjs';

const replay = async (mutant) => {
  const { runSchedules } = await import(pathToFileURL(await bundleSimulation(mutant)).href);
  return runSchedules({ schedules: 1, seed: mutant.seed, path: mutant.path, ignore: 'recovery' }, () => undefined);
};

/** Tells of each as it is done: its failure, null where that schedule no longer has one, or why the mutant cannot be run. */
export const replayMutants = async (mutants, tell) => {
  for (const mutant of mutants) {
    const { name } = mutant;
    await replay(mutant).then(
      ({ failure }) => tell({ name, failure }),
      (error) => tell({ name, failure: null, error: String(error?.message ?? error) }),
    );
  }
};
