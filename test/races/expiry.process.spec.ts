import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { ExpiringKey, type ExpiryNumbers, FATES, stormAroundExpiries } from './expiry-race.js';
import { RaceClient } from '@test/support/races/race-client.js';
import { printNumbers, progress } from './race-report.js';
import { startedServer, targetOf } from './race-server.js';
import { roundsFactor, seed, timeoutMs } from './race-size.js';
import { SeededRandom } from '@test/support/random/seeded-random.js';

const CONNECTIONS = 48;
const KEYS_PER_SECOND = 16;
/** Time to make the keys of a wave before the first of them expires. */
const AHEAD_SECONDS = 2;
const SECONDS_OF_A_WAVE = [0, 1, 2];

describe('keys that expire under a storm of validations', () => {
  let server: StandaloneServer;
  beforeAll(async () => {
    server = await startedServer();
  });
  afterAll(() => server?.remove());

  const madeKeys = async (client: RaceClient, expiresAtSeconds: number, random: SeededRandom): Promise<readonly ExpiringKey[]> => {
    const keys: ExpiringKey[] = [];
    const owner = { userId: await client.createUser(), orgId: 'nowhere' };
    for (let index = 0; index < KEYS_PER_SECOND; index += 1) {
      const kind = random.pick(['personal', 'generic'] as const);
      const keyOwner = kind === 'personal' ? owner : { ...owner, userId: 'nobody' };
      const fate = FATES[index % FATES.length] ?? 'stays';
      // What is moved to earlier is moved by a second: the new expiry is the one of this group.
      const madeWith = expiresAtSeconds + (fate === 'to earlier' ? 1 : 0);
      const { key } = await client.create(kind, keyOwner, ['expires_at_seconds'], { expires_at_seconds: madeWith });
      // On a machine too busy to make it in time.
      if (key !== null) keys.push(new ExpiringKey(key, madeWith * 1_000, fate));
    }
    return keys;
  };

  const wave = async (number: number, numbers: ExpiryNumbers): Promise<void> => {
    const target = targetOf(server);
    const random = new SeededRandom(seed * 100 + number);
    const firstSecond = Math.ceil(Date.now() / 1_000) + AHEAD_SECONDS;
    const makers = SECONDS_OF_A_WAVE.map((second) => new RaceClient(target, `maker ${String(second)}`));
    const groups = await Promise.all(makers.map((maker, second) => madeKeys(maker, firstSecond + second, random)));
    const keys = groups.flat();
    const movers = keys.map((_, index) => new RaceClient(target, `mover ${String(index)}`));
    const endMs = (firstSecond + SECONDS_OF_A_WAVE.length) * 1_000 + 300;
    await Promise.all([
      ...Array.from({ length: CONNECTIONS }, (_, each) => stormAroundExpiries(target, `storm ${String(each)}`, keys, endMs, random)),
      ...keys.map((key, index) => (movers[index] === undefined ? undefined : key.meetItsFate(movers[index], random))),
    ]);
    for (const client of [...makers, ...movers]) client.close();
    for (const key of keys) key.count(numbers, seed);
  };

  it('are valid before the second of their expiry, old or moved, and never at it or after it', { timeout: timeoutMs }, async () => {
    const numbers: ExpiryNumbers = { keys: 0, moved: 0, tooLate: 0, validations: 0, acrossAnExpiry: 0, valid: 0, gone: 0, undecided: 0 };
    for (let number = 0; number < 2 * roundsFactor; number += 1) {
      await wave(number, numbers);
      progress(() => `expiry: ${String(numbers.keys)} keys, ${String(numbers.acrossAnExpiry)} validations across an expiry`);
    }
    printNumbers('expiry at the second', { ...numbers });
    expect(numbers.keys).toBeGreaterThan(KEYS_PER_SECOND);
    expect(Math.min(numbers.moved, numbers.valid, numbers.gone, numbers.acrossAnExpiry)).toBeGreaterThan(0);
  });
});
