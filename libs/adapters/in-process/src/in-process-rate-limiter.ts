import { type Clock, type RateLimit, RateLimiter, type RateTaken } from '@app/ports';
import { LRUCache } from 'lru-cache';

interface Window {
  readonly startedAtMs: number;
  counted: number;
  /** The limit of the last call, only to know which counters may be dropped. */
  windowMs: number;
}

// Not `end - now`: the sum in it may round, to an end that is now or one that is later than the window lasts.
const remainingMs = ({ startedAtMs }: Window, windowMs: number, nowMs: number): number => windowMs - (nowMs - startedAtMs);

/** Counts in memory, with a number and a start for each counter, and answers in the same step. */
export class InProcessRateLimiter extends RateLimiter {
  readonly #clock: Pick<Clock, 'mono'>;
  readonly #windows: LRUCache<string, Window>;

  /** With more counters than that, the least recently used one starts a new window early. */
  constructor(clock: Pick<Clock, 'mono'>, countersInMemory: number) {
    super();
    this.#clock = clock;
    this.#windows = new LRUCache({ max: countersInMemory });
  }

  get size(): number {
    return this.#windows.size;
  }

  take(counter: string, { allowPerWindow, windowMs }: RateLimit): RateTaken {
    const nowMs = this.#clock.mono();
    const open = this.#windows.get(counter);
    const leftMs = open === undefined ? 0 : remainingMs(open, windowMs, nowMs);
    if (open === undefined || leftMs <= 0) return this.#first(counter, allowPerWindow, windowMs, nowMs);
    open.windowMs = windowMs;
    if (open.counted >= allowPerWindow) return { allowed: false, counted: open.counted, leftMs };
    open.counted += 1;
    return { allowed: true, counted: open.counted, leftMs };
  }

  giveBack(counter: string): void {
    const open = this.#windows.get(counter);
    if (open !== undefined && open.counted > 0) open.counted -= 1;
  }

  forget(counter: string): void {
    this.#windows.delete(counter);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #first(counter: string, allowPerWindow: number, windowMs: number, nowMs: number): RateTaken {
    if (allowPerWindow < 1) return { allowed: false, counted: 0, leftMs: windowMs };
    this.#windows.set(counter, { startedAtMs: nowMs, counted: 1, windowMs });
    this.#sweep(nowMs);
    return { allowed: true, counted: 1, leftMs: windowMs };
  }

  // Starts at the least recently used counter. For windows of one length that leaves only counters used within a window, without a timer.
  #sweep(nowMs: number): void {
    for (;;) {
      const { value: oldest } = this.#windows.rvalues().next();
      if (oldest === undefined || remainingMs(oldest, oldest.windowMs, nowMs) > 0) return;
      this.#windows.pop();
    }
  }
}
