import type { ThrottlerStorage } from '@nestjs/throttler';
import { LRUCache } from 'lru-cache';
import { type Clock, SystemClock } from '@app/ports';

const TRACKERS_IN_MEMORY = 100_000;

interface Window {
  readonly startedAtMs: number;
  readonly ttlMs: number;
  counted: number;
}

/** What the guard makes its headers of: times are whole seconds, rounded up. */
export interface WindowState {
  readonly totalHits: number;
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
}

// Not `end - now`: the sum in it may round up, which would say a second more than the window lasts.
const remainingMs = ({ startedAtMs, ttlMs }: Window, nowMs: number): number => ttlMs - (nowMs - startedAtMs);

/**
 * A fixed window per tracker that starts with the first call counted in it: a number and an end, whatever the limit is. Refused
 * calls are not counted. The library's own storage keeps every call of the window, which 100 000 calls a minute do not survive.
 */
export class FixedWindows implements ThrottlerStorage {
  readonly #windows: LRUCache<string, Window>;
  readonly #clock: Pick<Clock, 'mono'>;

  /** With more trackers than that at a time, the one not seen for longest starts a new window early. */
  constructor(clock: Pick<Clock, 'mono'> = new SystemClock(), trackersInMemory = TRACKERS_IN_MEMORY) {
    this.#clock = clock;
    this.#windows = new LRUCache({ max: trackersInMemory });
  }

  get size(): number {
    return this.#windows.size;
  }

  /** A block ends with its window: there is no duration of its own. */
  increment(tracker: string, ttlMs: number, limit: number): Promise<WindowState> {
    const nowMs = this.#clock.mono();
    const window = this.#windowOf(tracker, ttlMs, nowMs);
    const isBlocked = window.counted >= limit;
    const seconds = Math.ceil(remainingMs(window, nowMs) / 1_000);
    const totalHits = window.counted + 1;
    if (!isBlocked) window.counted = totalHits;
    return Promise.resolve({ totalHits, timeToExpire: seconds, isBlocked, timeToBlockExpire: isBlocked ? seconds : 0 });
  }

  #windowOf(tracker: string, ttlMs: number, nowMs: number): Window {
    const open = this.#windows.get(tracker);
    if (open !== undefined && remainingMs(open, nowMs) > 0) return open;
    const window = { startedAtMs: nowMs, ttlMs, counted: 0 };
    this.#windows.set(tracker, window);
    this.#sweep(nowMs);
    return window;
  }

  // From the tracker not seen for longest. Whatever this leaves was seen less than a window ago, so nothing needs a timer.
  #sweep(nowMs: number): void {
    for (;;) {
      const { value: oldest } = this.#windows.rvalues().next();
      if (oldest === undefined || remainingMs(oldest, nowMs) > 0) return;
      this.#windows.pop();
    }
  }
}
