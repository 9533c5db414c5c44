import type { Redis } from 'ioredis';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { pause, type Site } from '../site.js';
import type { Fault } from './fault.js';

const RECORDS = 'kf:c:*';
const VALUES_KEPT = 20;

/** Every value that a record had, as far as it was seen. */
class EarlierValues {
  readonly #values = new Map<string, Buffer[]>();

  async look(redis: Redis): Promise<void> {
    for (const name of await redis.keys(RECORDS)) {
      const value = await redis.getBuffer(name);
      const known = this.#values.get(name) ?? [];
      if (value === null || known.some((one) => one.equals(value))) continue;
      this.#values.set(name, [...known, value].slice(-VALUES_KEPT));
    }
  }

  /** An earlier value of its own, one of another record, or one with flipped bits. */
  draw(random: SeededRandom): readonly [name: string, value: Buffer] | null {
    const name = random.pickOrNull([...this.#values.keys()]);
    if (name === null) return null;
    const from = random.chance(0.6) ? name : random.pick([...this.#values.keys()]);
    const value = Buffer.from(random.pick(this.#values.get(from) ?? []));
    if (random.chance(0.2) && value.length > 0) value.writeUInt8(random.integer(256), random.integer(value.length));
    return [name, value];
  }
}

const forAWhile = async (ms: number, everyMs: number, act: () => Promise<unknown>): Promise<void> => {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await act();
    await pause(everyMs);
  }
};

/** Nodes keep their records; only what they do not hold comes from there. */
const forgetful = async (site: Site): Promise<void> => {
  for (const node of site.nodes) {
    await site.kill(node);
    await site.bringBack(node);
  }
};

/** I12. Time and again each record is replaced, and a node that knows nothing yet reads what it finds. */
export const redisWithEarlierValues: Fault = {
  name: 'Redis returns random earlier values, those of others, and flipped bits',
  claims: ['redis', 'validation', 'validation'],
  run: async (site, _, random) => {
    const earlier = new EarlierValues();
    await forAWhile(1_500, 100, () => earlier.look(site.redis));
    const replacing = forAWhile(5_000, 4, async () => {
      const drawn = earlier.draw(random);
      if (drawn !== null) await site.redis.set(drawn[0], drawn[1], 'PX', 60_000);
      if (random.chance(0.02)) await earlier.look(site.redis);
    });
    await Promise.all([replacing, forgetful(site)]);
  },
};

export const redisFlushed: Fault = {
  name: 'Redis flushed again and again',
  claims: ['redis'],
  run: (site) => forAWhile(3_000, 200, () => site.redis.flushall()),
};

export const redisEvicting: Fault = {
  name: 'Redis evicting',
  claims: ['redis'],
  run: async (site) => {
    const used = /used_memory:(\d+)/.exec(await site.redis.info('memory'))?.[1] ?? '1000000';
    await site.redis.config('SET', 'maxmemory-policy', 'allkeys-random');
    await site.redis.config('SET', 'maxmemory', String(Number(used) - 20_000));
    await pause(3_000);
    await site.redis.config('SET', 'maxmemory', '256mb');
  },
};

/** Records from before the changes come back, all at once, into a system that does not know them any more. */
export const redisFromOldDump: Fault = {
  name: 'Redis started again from an old dump',
  claims: ['redis', 'validation', 'validation'],
  run: async (site) => {
    await site.redis.save();
    await pause(3_000);
    await site.stack.servers.redis.kill();
    await site.stack.servers.redis.restart();
    await forgetful(site);
  },
};

export const redisSilent: Fault = {
  name: 'Redis silent',
  claims: ['redis'],
  run: async (site) => {
    site.stack.servers.redis.pause();
    await pause(3_000);
    site.stack.servers.redis.resume();
  },
};
