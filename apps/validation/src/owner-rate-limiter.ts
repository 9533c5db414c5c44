import type { KeyRateLimit } from '@app/domain';
import { LRUCache } from 'lru-cache';

interface Window {
  readonly startedAtMs: number;
  counted: number;
}

const PERIOD_MS: Readonly<Record<KeyRateLimit['periodType'], number>> = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
const OWNERS_IN_MEMORY = 200_000;

export const windowMs = (limit: KeyRateLimit): number => limit.periodSize * PERIOD_MS[limit.periodType];

/**
 * A fixed window per owner that starts with the first validation counted in it. Refused validations are not counted, so hammering
 * does not prolong the wait. A window knows no settings: a changed limit holds at once for the windows that are open.
 */
export class OwnerRateLimiter {
  readonly #windows: LRUCache<string, Window>;

  /** With more owners than that at a time, the one not seen for longest starts a new window early. */
  constructor(ownersInMemory = OWNERS_IN_MEMORY) {
    this.#windows = new LRUCache({ max: ownersInMemory });
  }

  /** Counts one validation of the owner and returns 0, or returns the milliseconds until its window ends. `nowMs` never goes back: a monotonic clock. */
  take(owner: string, limit: KeyRateLimit, nowMs: number): number {
    const lengthMs = windowMs(limit);
    const window = this.#windows.get(owner);
    const ageMs = window === undefined ? lengthMs : nowMs - window.startedAtMs;
    if (window === undefined || ageMs >= lengthMs) {
      this.#windows.set(owner, { startedAtMs: nowMs, counted: 1 });
      return 0;
    }
    // Not `end - now`: that may round to 0, which would let a validation through uncounted.
    if (window.counted >= limit.allowPerPeriod) return lengthMs - ageMs;
    window.counted += 1;
    return 0;
  }
}
