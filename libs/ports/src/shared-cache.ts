/** A value as the cache holds it: sealed, and useless to a reader without the secret. */
export interface CachedValue {
  readonly place: string;
  readonly value: Buffer;
}

/**
 * Between the processes that validate, to save the authority work. It may lose, repeat, roll back or invent anything: a process that
 * reads from it opens a seal and checks whether the value may still be true (fence.md, I12). No reply is a miss, never an error for a caller.
 */
export abstract class SharedCache {
  /** One for each place, in order; null if there is no value, or if the cache does not reply within its own short deadline. Never rejects. */
  abstract read(places: readonly string[]): Promise<readonly (Buffer | null)[]>;
  /** Best effort; no caller awaits it. Never rejects. */
  abstract write(values: readonly CachedValue[], ttlMs: number): Promise<void>;
  abstract close(): Promise<void>;
}
