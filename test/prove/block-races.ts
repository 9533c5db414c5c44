import { BlockRace } from '@test/support/races/block-race.js';
import type { Site } from './site.js';

/** A step of the set-up got no answer: then there is no round. */
const UNDECIDED_SETUP = /^(?:\S+ \S+ answered|A key of the set-up was refused: \w+,) (?:503|502|0)\b/;

/** Creations race blocks, and every answer must be explained by one order of the commands. Returns how many rounds there were. */
export const blockRaces = async (site: Site, rounds: number, seed: number): Promise<number> => {
  const target = { port: Number(new URL(site.stack.edgeOrigin).port), backendKey: site.backendKey };
  const race = new BlockRace(target, 0, false, seed);
  for (let round = 0; round < rounds; round += 1) {
    await race.run().catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (!UNDECIDED_SETUP.test(message)) site.options.violations.add('I7', message);
    });
  }
  race.close();
  return race.numbers.rounds;
};
