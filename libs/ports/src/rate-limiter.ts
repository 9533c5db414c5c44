export interface RateLimit {
  /** 0: none; what is counted is told all the same. */
  readonly allowPerWindow: number;
  readonly windowMs: number;
}

export interface RateTaken {
  /** False: refused, and not counted, so that hammering does not prolong the wait. */
  readonly allowed: boolean;
  /** Counted in the window, this one included where it was allowed. */
  readonly counted: number;
  /** Until the window ends; above 0. */
  readonly leftMs: number;
}

/**
 * A fixed window per counter that starts with the first call counted in it. A window knows its beginning and its count, not its limit:
 * a changed limit holds at once for the windows that are open. Exact under concurrency, over all processes that share the adapter's store.
 */
export abstract class RateLimiter {
  /** Not a promise where the answer is at hand: the validations that count in memory are answered in the step that counts them. Never rejects. */
  abstract take(counter: string, limit: RateLimit): RateTaken | Promise<RateTaken>;
  /** Ends the counter's window, so that the next call counted in it is the first. Never rejects; a store that is down keeps its window. */
  abstract forget(counter: string): void | Promise<void>;
  abstract close(): Promise<void>;
}
