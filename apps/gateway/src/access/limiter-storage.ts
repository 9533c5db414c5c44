import type { ThrottlerStorage } from '@nestjs/throttler';
import type { RateLimiter } from '@app/ports';

/** What the guard makes its headers of: times are whole seconds, rounded up. */
export interface WindowState {
  readonly totalHits: number;
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
  /** Until the window ends, not rounded. */
  readonly leftMs: number;
}

/**
 * A rate limiter as the guard's library asks for it. The library's own storage keeps every call of the window, which 100 000 calls a
 * minute do not survive.
 */
export class LimiterStorage implements ThrottlerStorage {
  readonly #limiter: RateLimiter;

  constructor(limiter: RateLimiter) {
    this.#limiter = limiter;
  }

  /** A block ends with its window: there is no duration of its own. */
  async increment(tracker: string, ttlMs: number, limit: number): Promise<WindowState> {
    const { allowed, counted, leftMs } = await this.#limiter.take(tracker, { allowPerWindow: limit, windowMs: ttlMs });
    const seconds = Math.ceil(leftMs / 1_000);
    return { totalHits: allowed ? counted : counted + 1, timeToExpire: seconds, isBlocked: !allowed, timeToBlockExpire: allowed ? 0 : seconds, leftMs };
  }
}
