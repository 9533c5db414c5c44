/** A value as the cache holds it: sealed, of no use to who reads it. */
export interface CachedValue {
  readonly place: string;
  readonly value: Buffer;
}

/**
 * Between the processes that validate, to spare the authority questions. It may lose, repeat, roll back or make up anything: a process that
 * reads from it opens a seal and asks whether what it says may still be true (fence.md, I12). Silence is a miss, never an error to a caller.
 */
export abstract class SharedCache {
  /** One for each place, in order; null where there is nothing, or the cache does not answer within its own short deadline. Never rejects. */
  abstract read(places: readonly string[]): Promise<readonly (Buffer | null)[]>;
  /** Best effort; no caller awaits it. Never rejects. */
  abstract write(values: readonly CachedValue[], ttlMs: number): Promise<void>;
  abstract close(): Promise<void>;
}
