import { startRedis } from '@tools/stack';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sharedCacheContract } from '@test/contract/shared-cache.contract.js';
import { connectRedis, type RedisConnection } from './redis-connection.js';
import { RedisSharedCache } from './redis-shared-cache.js';
import { asked, connected, elapsedAtServer } from './testing/redis-clients.js';

type Server = Awaited<ReturnType<typeof startRedis>>;
const HOUR_MS = 3_600_000;
const VALUE = Buffer.from([1, 2, 3]);
const LIVES = [{ place: 'p', value: VALUE }];

let shared: Server;
beforeAll(async () => {
  shared = await startRedis();
});
afterAll(() => shared?.stop());

sharedCacheContract('Redis', async () => {
  const [one, two] = [await connected(shared.url), await connected(shared.url)];
  await asked(one, (redis) => redis.flushall());
  return {
    cache: new RedisSharedCache(one),
    other: new RedisSharedCache(two),
    pass: (ms) => elapsedAtServer(one, ms),
    close: () => Promise.resolve([one, two].forEach((connection) => connection.close())),
  };
});

describe('a cache in Redis', () => {
  let server: Server;
  let connection: RedisConnection;
  let cache: RedisSharedCache;
  const errors: unknown[] = [];
  beforeEach(async () => {
    server = await startRedis({ args: ['--maxmemory', '3mb', '--maxmemory-policy', 'noeviction'] });
    errors.length = 0;
    connection = await connected(server.url, (error) => void errors.push(error));
    cache = new RedisSharedCache(connection);
    await cache.write(LIVES, HOUR_MS);
  });
  afterEach(async () => {
    connection.close();
    await server.stop();
  });
  const kept = async (): Promise<void> => {
    await cache.write(LIVES, HOUR_MS);
    expect(await cache.read(['p'])).toEqual([VALUE]);
  };

  it('killed: reads find nothing and writes are lost, no error to a caller; back by itself', async () => {
    await server.kill();
    for (let count = 0; count < 20; count += 1) {
      await cache.write(LIVES, HOUR_MS);
      expect(await cache.read(['p', 'q'])).toEqual([null, null]);
    }
    await server.restart();
    await vi.waitFor(kept, { timeout: 20_000 });
    expect(errors).toHaveLength(1);
  });

  it('silent: the same within the deadline', async () => {
    server.pause();
    for (let count = 0; count < 20; count += 1) expect(await cache.read(['p'])).toEqual([null]);
    expect(connection.isThere).toBe(false);
    server.resume();
    await vi.waitFor(kept, { timeout: 20_000 });
  });

  it('full: what is there is read, and nothing else is disturbed', async () => {
    await asked(connection, (redis) => redis.config('SET', 'maxmemory', '1'));
    for (let count = 0; count < 20; count += 1) await cache.write([{ place: 'q', value: VALUE }], HOUR_MS);
    expect(
      await vi.waitFor(async () => {
        const read = await cache.read(['p', 'q']);
        expect(read[0]).not.toBeNull();
        return read;
      }),
    ).toEqual([VALUE, null]);
    expect(connection.isThere).toBe(true);
  });

  it('a place that holds something else is a miss', async () => {
    await asked(connection, (redis) => redis.lpush('list', 'x'));
    expect(
      await vi.waitFor(async () => {
        const read = await cache.read(['list', 'p']);
        expect(read[1]).not.toBeNull();
        return read;
      }),
    ).toEqual([null, VALUE]);
  });
});

describe('a connection', () => {
  it('refuses a text that is not an address in a sentence that does not repeat it', () => {
    for (const url of ['', 'secret', '/secret/socket', 'http://user:secret@localhost', 'redis//:secret']) {
      expect(() => connectRedis({ url })).toThrow(/^The address of Redis must begin with redis:\/\/ or rediss:\/\/\.$/);
    }
  });

  it('uses the password and the database of its address, and says once what is wrong with it, without the password', async () => {
    const server = await startRedis({ args: ['--requirepass', 'right'] });
    const at = (password: string): string => `redis://:${password}@127.0.0.1:${server.port}/3`;
    const connection = await connected(at('right'));
    await asked(connection, (redis) => redis.set('in-three', 'x'));
    expect(await asked(connection, (redis) => redis.info('keyspace'))).toContain('db3:keys=1');
    connection.close();
    const errors: unknown[] = [];
    const wrong = connectRedis({ url: at('wrong-secret'), onError: (error) => void errors.push(error) });
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    await expect(wrong.run((redis) => redis.get('x'))).rejects.toThrow();
    expect(String(errors[0])).not.toContain('wrong-secret');
    wrong.close();
    await server.stop();
  });
});
