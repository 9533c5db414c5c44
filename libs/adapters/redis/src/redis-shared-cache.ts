import { type CachedValue, SharedCache } from '@app/ports';
import type { RedisConnection } from './redis-connection.js';

/** Values with a lifetime in Redis. The caller opens and closes the connection. */
export class RedisSharedCache extends SharedCache {
  readonly #connection: RedisConnection;

  constructor(connection: RedisConnection) {
    super();
    this.#connection = connection;
  }

  async read(places: readonly string[]): Promise<readonly (Buffer | null)[]> {
    const nothing = places.map(() => null);
    if (places.length === 0) return nothing;
    try {
      const values = await this.#connection.run((redis) => redis.mgetBuffer(...places));
      return values.length === places.length ? values : nothing;
    } catch {
      return nothing;
    }
  }

  async write(values: readonly CachedValue[], ttlMs: number): Promise<void> {
    if (values.length === 0) return;
    try {
      await this.#connection.run(async (redis) => {
        const pipeline = redis.pipeline();
        for (const { place, value } of values) pipeline.set(place, value, 'PX', ttlMs);
        const results = await pipeline.exec();
        const error = results?.find(([failure]) => failure !== null)?.[0];
        if (error !== undefined && error !== null) throw error;
      });
    } catch {
      // The next fill writes them again.
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
