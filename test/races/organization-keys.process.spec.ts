import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { inLanes } from '@test/support/races/in-lanes.js';
import { noOrganizationKeyNumbers, OrganizationKeyStorm } from './organization-key-storm.js';
import { printNumbers, progress } from './race-report.js';
import { startedServer, targetOf } from './race-server.js';
import { roundsFactor, seed, timeoutMs } from './race-size.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';

const LANES = 3;
const ROUNDS = 90;

let server: StandaloneServer;
beforeAll(async () => {
  server = await startedServer();
});
afterAll(() => server?.remove());

it(
  'keys of organizations open the public API until their end begins and nothing once it has returned, under a storm of calls',
  { timeout: timeoutMs },
  async () => {
    const rounds = ROUNDS * roundsFactor;
    const storms = Array.from({ length: LANES }, (_, lane) => new OrganizationKeyStorm(targetOf(server), lane, new SeededRandom(seed * 100 + lane), seed));
    let done = 0;
    await inLanes(rounds, LANES, async (_, lane) => {
      await storms[lane]?.round();
      done += 1;
      progress(() => `organization keys: ${String(done)} of ${String(rounds)}`);
    });
    for (const storm of storms) storm.close();
    const all = noOrganizationKeyNumbers();
    for (const { numbers } of storms) for (const [name, value] of Object.entries(numbers)) all[name as keyof typeof all] += Number(value);
    printNumbers('organization keys under a storm', { ...all });
    expect(all.keys).toBe(rounds);
    // The storm saw both sides of every end, else it proves nothing.
    expect(Math.min(all.racing, all.begunAfterEnd)).toBeGreaterThan(5 * rounds);
  },
);
