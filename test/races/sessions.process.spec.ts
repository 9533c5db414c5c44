import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { inLanes } from '@test/support/races/in-lanes.js';
import { printNumbers, progress } from './race-report.js';
import { startedServer, targetOf } from './race-server.js';
import { roundsFactor, seed, timeoutMs } from './race-size.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';
import { noSessionCounts, type SessionCounts, type SessionEnding, SessionRace } from './session-race.js';

const LANES = 4;

describe('sessions whose end races checks of their access tokens and two refreshes of one token', () => {
  let server: StandaloneServer;
  beforeAll(async () => {
    server = await startedServer();
  });
  afterAll(() => server?.remove());

  const race = async (ending: SessionEnding, rounds: number): Promise<SessionCounts> => {
    const lanes = Array.from({ length: LANES }, (_, lane) => new SessionRace(targetOf(server), lane, new SeededRandom(seed * 100 + lane), seed));
    let done = 0;
    await inLanes(rounds, LANES, async (_, lane) => {
      await lanes[lane]?.round(ending);
      done += 1;
      progress(() => `sessions against ${ending}: ${String(done)} of ${String(rounds)} rounds`);
    });
    for (const lane of lanes) lane.close();
    const all = noSessionCounts();
    for (const { counts } of lanes) for (const [name, value] of Object.entries(counts)) all[name as keyof SessionCounts] += Number(value);
    printNumbers(`sessions against ${ending}`, { ...all });
    return all;
  };

  it.each<[SessionEnding, number]>([
    ['block', 1_000],
    ['log out', 200],
    ['end all sessions', 200],
  ])('no token of theirs is accepted once it has returned, and all are until it begins: %s', { timeout: timeoutMs }, async (ending, rounds) => {
    const counts = await race(ending, rounds * roundsFactor);
    expect(counts.rounds).toBe(rounds * roundsFactor);
    // Both sides of the end, and refreshes that came before it and after it, else nothing raced.
    expect(Math.min(counts.racing, counts.begunAfterEnd)).toBeGreaterThan(rounds);
    expect(Math.min(counts.refreshed, counts.refreshRefused)).toBeGreaterThan(rounds / 20);
  });

  it('go on with both of the tokens that two refreshes at once have given', { timeout: timeoutMs }, async () => {
    const rounds = 100 * roundsFactor;
    const counts = await race('nothing', rounds);
    expect([counts.rounds, counts.refreshed, counts.refreshRefused]).toEqual([rounds, 2 * rounds, 0]);
  });
});
