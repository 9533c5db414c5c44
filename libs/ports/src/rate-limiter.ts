export interface RateLimit {
  /** 0 allows none; the count is reported all the same. */
  readonly allowPerWindow: number;
  readonly windowMs: number;
}

export interface RateTaken {
  /** False if refused, which is not counted, so that constant retries do not prolong the wait. */
  readonly allowed: boolean;
  /** Counted in the window, including this one if it was allowed. */
  readonly counted: number;
  /** Until the window ends; above 0. */
  readonly leftMs: number;
}

/**
 * A fixed window per counter that starts with the first call counted in it. A window has a start and a count, not a limit:
 * a changed limit holds at once for the windows that are open. Exact under concurrency, over all processes that share the adapter's store.
 */
export abstract class RateLimiter {
  /** Not a promise if the result is known at once: validations that count in memory are answered in the same step. Never rejects. */
  abstract take(counter: string, limit: RateLimit): RateTaken | Promise<RateTaken>;
  /** Takes back one counted call that had no effect. Without an open window it does nothing. Never rejects. */
  abstract giveBack(counter: string): void | Promise<void>;
  /** Ends the counter's window, so that the next call counted in it is the first. Never rejects; a store that is down keeps its window. */
  abstract forget(counter: string): void | Promise<void>;
  abstract close(): Promise<void>;
}
