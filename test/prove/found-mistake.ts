import { SERVICES } from '@tools/stack';
import { expect } from 'vitest';
import { mutantCalled } from '@test/fence/mutants.mjs';
import { buildEdited } from '../../scripts/edited-build.mjs';
import { proofSeed, say } from './proof-size.js';
import { prove } from './proof.js';

/** It ends when the mistake is found, which takes seconds; some are found only when a process is stopped at the right moment. */
const MINUTES_TO_FIND = 6;

/** A control of the proof: services with this mistake in them must be caught. `only`: part of the names of the faults that show it. */
export const expectFound = async (mutant: string, only: string): Promise<void> => {
  const build = await buildEdited(mutantCalled(mutant).edits, SERVICES);
  try {
    const { violations, seconds } = await prove({
      seed: proofSeed,
      minutes: MINUTES_TO_FIND,
      only,
      untilFound: true,
      distDir: build.distDir,
      say: () => undefined,
    });
    say(
      `${mutant}: ${violations.length} violations after ${seconds.toFixed(0)} s. Again: npm run prove -- --seed ${proofSeed} --only "${only}" --mutant ${mutant}`,
    );
    expect(violations.map(({ invariant }) => invariant)).toContain('I1');
  } finally {
    build.remove();
  }
};
