import type { Redis } from 'ioredis';
import { connectRedis, type RedisConnection } from '../redis-connection.js';

const POLL_MS = 10;
const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, POLL_MS));

/** So long that a busy machine does not look like a server that is down. */
const PATIENT_MS = 10_000;

/** Resolves when commands reach the server. With the product's own deadline where `onError` is given, else with a long one. */
export const connected = async (url: string, onError?: (error: unknown) => void): Promise<RedisConnection> => {
  const connection = connectRedis(onError === undefined ? { url, commandTimeoutMs: PATIENT_MS } : { url, onError });
  while (!connection.isThere) await pause();
  return connection;
};

/** A command of the test's own; tried again where a busy machine took longer than the deadline. */
export const asked = async <Answer>(connection: RedisConnection | undefined, command: (redis: Redis) => Promise<Answer>): Promise<Answer> => {
  if (connection === undefined) throw new Error('There is no connection.');
  for (let tries = 0; ; tries += 1) {
    try {
      return await connection.run(command);
    } catch (error) {
      if (tries === 100) throw error;
      await pause();
    }
  }
};

/** Resolves when the server's own clock has moved on by `ms`. */
export const elapsedAtServer = async (connection: RedisConnection | undefined, ms: number): Promise<void> => {
  const nowMs = async (): Promise<number> => {
    const [seconds = 0, micros = 0] = (await asked(connection, (redis) => redis.time())).map(Number);
    return seconds * 1_000 + micros / 1_000;
  };
  const until = (await nowMs()) + ms + 1;
  while ((await nowMs()) < until) await pause();
};
