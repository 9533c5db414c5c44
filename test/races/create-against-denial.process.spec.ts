import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { type CreateCounts, CreateRace, noCounts } from './create-race.js';
import { inLanes } from '@test/support/races/in-lanes.js';
import type { Denial } from '@test/support/races/race-keys.js';
import { printNumbers, progress } from './race-report.js';
import { startedServer, targetOf } from './race-server.js';
import { roundsFactor, seed, timeoutMs } from './race-size.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';

const LANES = 8;

describe('keys that are made while what they need is denied', () => {
  let server: StandaloneServer;
  beforeAll(async () => {
    server = await startedServer();
  });
  afterAll(() => server?.remove());

  const race = async (denial: Denial, rounds: number): Promise<CreateCounts> => {
    const lanes = Array.from({ length: LANES }, (_, lane) => new CreateRace(targetOf(server), lane, new SeededRandom(seed * 100 + lane), seed));
    let done = 0;
    await inLanes(rounds, LANES, async (_, lane) => {
      await lanes[lane]?.round(denial);
      done += 1;
      progress(() => `create against ${denial}: ${String(done)} of ${String(rounds)} rounds`);
    });
    for (const lane of lanes) lane.close();
    const all = noCounts();
    for (const { counts } of lanes) for (const name of ['rounds', 'made', 'refused', 'madeThenDenied', 'validations'] as const) all[name] += counts[name];
    printNumbers(`create against ${denial}`, { ...all });
    return all;
  };

  it.each<[Denial, number]>([
    ['block', 1_000],
    ['delete user', 60],
    ['leave', 60],
    ['delete org', 60],
  ])('are refused with the documented field or dead once it has returned: %s', { timeout: timeoutMs }, async (denial, rounds) => {
    const counts = await race(denial, rounds * roundsFactor);
    expect(counts.rounds).toBe(rounds * roundsFactor);
    // Both ways it can go, else nothing raced.
    expect(Math.min(counts.madeThenDenied, counts.refused)).toBeGreaterThan(rounds / 20);
  });
});
