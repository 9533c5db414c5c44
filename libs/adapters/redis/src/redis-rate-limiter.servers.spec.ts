import { type RateLimit, RateLimiter, type RateTaken } from '@app/ports';
import { startRedis } from '@tools/stack';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { rateLimiterContract } from '@test/contract/rate-limiter.contract.js';
import { type RedisConnection } from './redis-connection.js';
import { RedisRateLimiter } from './redis-rate-limiter.js';
import { until } from '@test/support/clock/until.js';
import { asked, connected, elapsedAtServer } from './testing/redis-clients.js';

type Server = Awaited<ReturnType<typeof startRedis>>;
const LIMIT: RateLimit = { allowPerWindow: 2, windowMs: 60_000 };
const ALONE: RateTaken = { allowed: true, counted: 99, leftMs: 1 };

/** Lets everything through and says that it was asked. */
class AloneLimiter extends RateLimiter {
  readonly forgotten: string[] = [];

  take(): RateTaken {
    return ALONE;
  }
  forget(counter: string): void {
    this.forgotten.push(counter);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

let server: Server;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server?.stop());

const limiters = async (count: number): Promise<{ connections: readonly RedisConnection[]; limiters: readonly RedisRateLimiter[] }> => {
  const connections = await Promise.all(Array.from({ length: count }, () => connected(server.url)));
  return { connections, limiters: connections.map((connection) => new RedisRateLimiter(connection, new AloneLimiter())) };
};

rateLimiterContract('Redis', async () => {
  const {
    connections,
    limiters: [limiter, other],
  } = await limiters(2);
  if (limiter === undefined || other === undefined) throw new Error('none');
  await asked(connections[0], (redis) => redis.flushall());
  return {
    limiter,
    other,
    pass: (ms) => elapsedAtServer(connections[0], ms),
    close: () => Promise.resolve(connections.forEach((connection) => connection.close())),
  };
});

describe('a limiter in Redis', () => {
  let connection: RedisConnection;
  let limiter: RedisRateLimiter;
  beforeEach(async () => {
    const made = await limiters(1);
    const [[first], [one]] = [made.connections, made.limiters];
    if (first === undefined || one === undefined) throw new Error('none');
    connection = first;
    limiter = one;
    await asked(connection, (redis) => redis.flushall());
  });
  afterEach(() => connection.close());

  it('leaves nothing behind but one key for each counter, which does not name it and goes with the window', async () => {
    await limiter.take('user-secret', LIMIT);
    await limiter.take('user-secret', LIMIT);
    const keys = await asked(connection, (redis) => redis.keys('*'));
    expect(keys).toEqual([expect.stringMatching(/^kf:l:[0-9a-f]{64}$/)]);
    const ttlMs = await asked(connection, (redis) => redis.pttl(keys[0] ?? ''));
    expect(ttlMs > 0 && ttlMs <= LIMIT.windowMs).toBe(true);
    expect(JSON.stringify(await asked(connection, (redis) => redis.hgetall(keys[0] ?? '')))).not.toContain('secret');
  });

  it('a long step of this process is not the silence of Redis: what was sent before it is counted there', async () => {
    const hasty = await connected(server.url, () => {});
    const limiter = new RedisRateLimiter(hasty, new AloneLimiter());
    await until(
      () => limiter.take('script known', LIMIT),
      ({ counted }) => counted !== ALONE.counted,
    );
    const before = limiter.fallbacks;
    const taken = Array.from({ length: 100 }, () => limiter.take('a', LIMIT));
    // Written, not yet answered.
    await new Promise((resolve) => setImmediate(resolve));
    for (const endsAt = performance.now() + 200; performance.now() < endsAt;);
    expect((await Promise.all(taken)).filter(({ allowed }) => allowed)).toHaveLength(LIMIT.allowPerWindow);
    expect(limiter.fallbacks).toBe(before);
    hasty.close();
  });

  it('starts the window again when Redis was flushed, scripts included', async () => {
    expect([await limiter.take('a', LIMIT), await limiter.take('a', LIMIT), await limiter.take('a', LIMIT)].map(({ allowed }) => allowed)).toEqual([
      true,
      true,
      false,
    ]);
    await asked(connection, (redis) => redis.flushall());
    await asked(connection, (redis) => redis.script('FLUSH'));
    expect(await limiter.take('a', LIMIT)).toMatchObject({ allowed: true, counted: 1 });
    expect(limiter.fallbacks).toBe(0);
  });

  it('a window that Redis says begins later than now lasts no longer than its length', async () => {
    await limiter.take('a', LIMIT);
    const [key = ''] = await asked(connection, (redis) => redis.keys('*'));
    await asked(connection, (redis) => redis.hset(key, 'start', String((Date.now() + 3_600_000) * 1_000)));
    const { leftMs, counted } = await limiter.take('a', LIMIT);
    expect([leftMs <= LIMIT.windowMs, counted]).toEqual([true, 2]);
  });

  it('what is not a window counts as none: another type of key, other fields', async () => {
    await limiter.take('a', LIMIT);
    const [key = ''] = await asked(connection, (redis) => redis.keys('*'));
    await asked(connection, (redis) => redis.hset(key, 'start', 'x', 'count', 'y'));
    expect(await limiter.take('a', LIMIT)).toMatchObject({ allowed: true, counted: 1 });
    await asked(connection, (redis) => redis.set(key, 'text'));
    expect(await limiter.take('a', LIMIT)).toBe(ALONE);
    expect(connection.isThere).toBe(true);
  });
});

describe('while Redis is down', () => {
  let lone: Server;
  let connection: RedisConnection;
  let limiter: RedisRateLimiter;
  const errors: unknown[] = [];
  beforeEach(async () => {
    lone = await startRedis();
    errors.length = 0;
    connection = await connected(lone.url, (error) => void errors.push(error));
    limiter = new RedisRateLimiter(connection, new AloneLimiter());
    await limiter.take('a', LIMIT);
  });
  afterEach(async () => {
    connection.close();
    await lone.stop();
  });
  /** Longer than 50 ms only by what a busy machine adds: far from a connection that waits. */
  const takenSoon = async (): Promise<RateTaken> => {
    const beganAt = performance.now();
    const taken = await limiter.take('a', LIMIT);
    expect(performance.now() - beganAt).toBeLessThan(2_000);
    return taken;
  };

  it('killed: counts alone at once, and in Redis again by itself when it is back', async () => {
    await lone.kill();
    for (let count = 0; count < 20; count += 1) expect(await takenSoon()).toBe(ALONE);
    expect(limiter.fallbacks).toBe(20);
    await lone.restart();
    await vi.waitFor(async () => expect(await limiter.take('a', LIMIT)).not.toBe(ALONE), { timeout: 20_000 });
    expect(connection.isThere).toBe(true);
    expect(errors).toHaveLength(1);
  });

  it('silent: counts alone within the deadline, then without any, and in Redis again by itself', async () => {
    lone.pause();
    for (let count = 0; count < 20; count += 1) expect(await takenSoon()).toBe(ALONE);
    expect([connection.isThere, errors.length]).toEqual([false, 1]);
    lone.resume();
    await vi.waitFor(async () => expect(await limiter.take('a', LIMIT)).not.toBe(ALONE), { timeout: 20_000 });
  });

  it('many that ask while one tries whether it is back do not wait for it', async () => {
    lone.pause();
    while (connection.isThere) await limiter.take('a', LIMIT);
    let endTrial: () => void = () => {};
    let isTried = false;
    const trial = new Promise<void>((resolve) => (endTrial = resolve));
    const tried = (): Promise<void> => {
      isTried = true;
      return trial;
    };
    while (!isTried) {
      connection.run(tried).catch(() => {});
      await new Promise((resolve) => void setImmediate(resolve));
    }
    for (const taken of await Promise.all(Array.from({ length: 500 }, () => limiter.take('a', LIMIT)))) expect(taken).toBe(ALONE);
    lone.resume();
    endTrial();
    await vi.waitFor(async () => expect(await limiter.take('a', LIMIT)).not.toBe(ALONE), { timeout: 20_000 });
  });

  it('a counter is forgotten by what counts alone, and the call does not fail', async () => {
    const alone = new AloneLimiter();
    const forgetting = new RedisRateLimiter(connection, alone);
    await lone.kill();
    for (let count = 0; count < 3; count += 1) await forgetting.forget('a');
    expect(alone.forgotten).toEqual(['a', 'a', 'a']);
  });

  it('from the beginning: a process starts without it and finds it later', async () => {
    await lone.kill();
    const { connectRedis } = await import('./redis-connection.js');
    const early = connectRedis({ url: lone.url });
    const counting = new RedisRateLimiter(early, new AloneLimiter());
    expect(await counting.take('a', LIMIT)).toBe(ALONE);
    await lone.restart();
    await vi.waitFor(async () => expect(await counting.take('a', LIMIT)).not.toBe(ALONE), { timeout: 20_000 });
    early.close();
  });
});
