import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { BlockRace, noBlockNumbers } from '@test/support/races/block-race.js';
import { inLanes } from '@test/support/races/in-lanes.js';
import { printNumbers, progress } from './race-report.js';
import { startedServer, targetOf } from './race-server.js';
import { roundsFactor, seed, timeoutMs } from './race-size.js';

const LANES = 6;
const ROUNDS = 250;

describe('a user who is blocked twice and unblocked by several clients at once', () => {
  let server: StandaloneServer;
  beforeAll(async () => {
    server = await startedServer();
  });
  afterAll(() => server?.remove());

  it.each([false, true])(
    'every answer is explained by one order of the commands, with reinstateKeysOnUnblock=%s',
    { timeout: timeoutMs },
    async (reinstateKeysOnUnblock) => {
      await server.changeSettings({ reinstateKeysOnUnblock });
      const rounds = ROUNDS * roundsFactor;
      const lanes = Array.from({ length: LANES }, (_, lane) => new BlockRace(targetOf(server), lane, reinstateKeysOnUnblock, seed));
      let done = 0;
      await inLanes(rounds, LANES, async (_, lane) => {
        await lanes[lane]?.run();
        done += 1;
        progress(() => `block and unblock: ${String(done)} of ${String(rounds)} rounds`);
      });
      for (const lane of lanes) lane.close();
      const all = noBlockNumbers();
      for (const { numbers } of lanes) for (const [name, value] of Object.entries(numbers)) all[name as keyof typeof all] += Number(value);
      printNumbers(`block, block and unblock, keys ${reinstateKeysOnUnblock ? 'come back' : 'stay dead'}`, { ...all });
      expect(all.rounds).toBe(rounds);
      expect(Math.min(all.endedFree, all.endedBlocked)).toBeGreaterThan(rounds / 20);
    },
  );
});
