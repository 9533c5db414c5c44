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
 * Rate limiters as the guard's library asks for them, one for each of its limits by name. The library's own storage keeps every call of
 * the window, which 100 000 calls a minute do not survive.
 */
export class LimiterStorage implements ThrottlerStorage {
  readonly #limiterOf: (limitName: string) => RateLimiter;

  constructor(limiterOf: (limitName: string) => RateLimiter) {
    this.#limiterOf = limiterOf;
  }

  /** A block ends with its window: there is no duration of its own. */
  async increment(tracker: string, ttlMs: number, limit: number, _blockMs: number, limitName: string): Promise<WindowState> {
    const { allowed, counted, leftMs } = await this.#limiterOf(limitName).take(tracker, { allowPerWindow: limit, windowMs: ttlMs });
    const seconds = Math.ceil(leftMs / 1_000);
    return { totalHits: allowed ? counted : counted + 1, timeToExpire: seconds, isBlocked: !allowed, timeToBlockExpire: allowed ? 0 : seconds, leftMs };
  }
}
