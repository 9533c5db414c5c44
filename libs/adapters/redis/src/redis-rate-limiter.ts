import { createHash } from 'node:crypto';
import { type RateLimit, RateLimiter, type RateTaken } from '@app/ports';
import type { Result } from 'ioredis';
import type { RedisConnection } from './redis-connection.js';

/**
 * Times in microseconds of the server's clock, the same for all who count. A clock that was set back does not make a window longer. The
 * key outlives what is left of the window as it is asked for now, also where the call is refused: a limit may have become longer.
 */
const TAKE = `
local allow, windowUs = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000
local time = redis.call('TIME')
local nowUs = tonumber(time[1]) * 1000000 + tonumber(time[2])
local stored = redis.call('HMGET', KEYS[1], 'start', 'count')
local startUs, count = tonumber(stored[1]), tonumber(stored[2])
if not startUs or not count or nowUs - startUs >= windowUs then
  if allow < 1 then return {0, 0, math.ceil(windowUs / 1000)} end
  redis.call('HSET', KEYS[1], 'start', string.format('%.0f', nowUs), 'count', 1)
  redis.call('PEXPIRE', KEYS[1], math.ceil(windowUs / 1000))
  return {1, 1, math.ceil(windowUs / 1000)}
end
if nowUs < startUs then
  startUs = nowUs
  redis.call('HSET', KEYS[1], 'start', string.format('%.0f', nowUs))
end
local leftMs = math.ceil((windowUs - (nowUs - startUs)) / 1000)
if redis.call('PTTL', KEYS[1]) < leftMs then redis.call('PEXPIRE', KEYS[1], leftMs) end
if count >= allow then return {0, count, leftMs} end
return {1, redis.call('HINCRBY', KEYS[1], 'count', 1), leftMs}
`;

/** Not below 0, and never a window of its own. */
const GIVE_BACK = `
local count = tonumber(redis.call('HGET', KEYS[1], 'count'))
if count and count > 0 then redis.call('HINCRBY', KEYS[1], 'count', -1) end
return 1
`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    /** Sent by its hash; as text where the server does not know that (any more). */
    keyfenceTake(key: string, allowPerWindow: number, windowMs: number): Result<unknown, Context>;
    keyfenceGiveBack(key: string): Result<unknown, Context>;
  }
}

/**
 * Counts in Redis, over all processes. While Redis is down each process counts alone, so that a limit is at worst as many times
 * itself as there are processes (and once more when Redis comes back), and no call waits or is refused because of it.
 */
export class RedisRateLimiter extends RateLimiter {
  readonly #connection: RedisConnection;
  readonly #alone: RateLimiter;
  /** Calls counted in this process alone. */
  fallbacks = 0;

  /** `alone` counts while Redis does not. The caller made the connection and closes it. */
  constructor(connection: RedisConnection, alone: RateLimiter) {
    super();
    this.#connection = connection;
    this.#alone = alone;
    connection.define('keyfenceTake', { lua: TAKE, numberOfKeys: 1 });
    connection.define('keyfenceGiveBack', { lua: GIVE_BACK, numberOfKeys: 1 });
  }

  async take(counter: string, limit: RateLimit): Promise<RateTaken> {
    try {
      const answer = await this.#connection.run((redis) => redis.keyfenceTake(keyOf(counter), limit.allowPerWindow, limit.windowMs));
      return takenIn(answer);
    } catch {
      this.fallbacks += 1;
      return this.#alone.take(counter, limit);
    }
  }

  async giveBack(counter: string): Promise<void> {
    await this.#connection.run((redis) => redis.keyfenceGiveBack(keyOf(counter))).catch(() => this.#alone.giveBack(counter));
  }

  async forget(counter: string): Promise<void> {
    // Not DEL: the processes' user in Redis may remove a key only by its expiry.
    // Here too: it may have counted while Redis was down. If Redis is down now, its window stays until it ends.
    await this.#alone.forget(counter);
    await this.#connection.run((redis) => redis.pexpire(keyOf(counter), 0)).catch(() => {});
  }

  close(): Promise<void> {
    return this.#alone.close();
  }
}

/** Counters name users, keys and addresses: none of them may be readable in Redis. */
const keyOf = (counter: string): string => `kf:l:${createHash('sha256').update(counter).digest('hex')}`;

const takenIn = (answer: unknown): RateTaken => {
  if (!Array.isArray(answer)) throw new TypeError('The script did not answer.');
  const [allowed, counted, leftMs]: unknown[] = answer;
  if (typeof allowed !== 'number' || typeof counted !== 'number' || typeof leftMs !== 'number' || !(leftMs > 0))
    throw new TypeError('The script did not answer.');
  return { allowed: allowed === 1, counted, leftMs };
};
