import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { rateLimiterContract } from '@test/contract/rate-limiter.contract.js';
import { InProcessRateLimiter } from './in-process-rate-limiter.js';

rateLimiterContract('in this process', () => {
  const clock = new ManualClock();
  const limiter = new InProcessRateLimiter(clock, 100);
  return Promise.resolve({ limiter, other: limiter, pass: (ms) => Promise.resolve(clock.pass(ms)), close: () => limiter.close() });
});

const WINDOW_MS = 60_000;
let clock: ManualClock;
let limiter: InProcessRateLimiter;
beforeEach(() => {
  clock = new ManualClock();
  limiter = new InProcessRateLimiter(clock, 100);
});
const take = (allowPerWindow: number, counter = 'a', windowMs = WINDOW_MS) => limiter.take(counter, { allowPerWindow, windowMs });

const steps = fc.array(fc.record({ counter: fc.constantFrom('a', 'b'), afterMs: fc.double({ min: 0, max: 3_000, noNaN: true }) }), { maxLength: 200 });

/** The definition, written down without cleverness: all counted moments of a counter, cut into windows from the first on. */
const openByDefinition = (counted: readonly number[], lengthMs: number, now: number): { startedAt: number; inWindow: number } | null => {
  let window: { startedAt: number; inWindow: number } | null = null;
  for (const at of counted) {
    if (window === null || at - window.startedAt >= lengthMs) window = { startedAt: at, inWindow: 0 };
    window.inWindow += 1;
  }
  return window === null || now - window.startedAt >= lengthMs ? null : window;
};

describe('a window in memory', () => {
  it('lets exactly as many through as its definition does, and names the time to its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 4 }), steps, (windowMs, allowed, sequence) => {
        limiter = new InProcessRateLimiter(clock, 100);
        const counted: Record<string, number[]> = { a: [], b: [] };
        for (const { counter, afterMs } of sequence) {
          clock.pass(afterMs);
          const now = clock.mono();
          const before = counted[counter] ?? [];
          const window = openByDefinition(before, windowMs, now);
          const taken = take(allowed, counter, windowMs);
          const full = window !== null && window.inWindow >= allowed;
          const expectedLeftMs = window === null ? windowMs : windowMs - (now - window.startedAt);
          // Plain comparisons: `expect` in here would take longer than everything else together.
          if (taken.allowed === full || Math.abs(taken.leftMs - expectedLeftMs) > 1e-6)
            throw new Error(`${JSON.stringify(taken)} at ${now}, not ${expectedLeftMs}`);
          if (!full) before.push(now);
        }
      }),
    );
  });

  it('never lasts longer than its length, whatever fraction of a millisecond it starts at', () => {
    for (let count = 0; count < 10_000; count += 1) {
      clock.pass(0.1 + count / 7);
      const { leftMs } = take(3, `counter-${count % 150}-${count}`);
      if (leftMs !== WINDOW_MS) throw new Error(`${leftMs} ms at ${clock.mono()}`);
    }
  });

  it('a caller that waits as long as it was told to is let through, and refused calls do not prolong the wait', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 30 }), (limit, pauses) => {
        limiter = new InProcessRateLimiter(clock, 100);
        for (let count = 0; count < limit; count += 1) expect(take(limit).allowed).toBe(true);
        const until = clock.mono() + take(limit).leftMs;
        for (const pause of pauses) {
          if (clock.mono() + pause >= until) break;
          clock.pass(pause);
          expect(take(limit).allowed).toBe(false);
        }
        clock.pass(until - clock.mono());
        expect(take(limit).allowed).toBe(true);
      }),
    );
  });

  it('costs the same after a million calls in it', () => {
    for (let count = 0; count < 1_000_000; count += 1) take(1_000_000);
    expect(take(1_000_000)).toMatchObject({ allowed: false, counted: 1_000_000 });
  });
});

describe('memory', () => {
  beforeEach(() => {
    limiter = new InProcessRateLimiter(clock, 1_000);
  });

  it('counters that were not seen for a window are gone, without a timer', () => {
    for (let count = 0; count < 500; count += 1) take(3, `old-${count}`);
    clock.pass(WINDOW_MS - 1);
    take(3, 'late');
    expect(limiter.size).toBe(501);
    clock.pass(1);
    take(3, 'new');
    expect(limiter.size).toBe(2);
    expect(take(3, 'late').counted).toBe(2);
  });

  it('a counter whose window ends in the same moment as the others goes on with a new one', () => {
    for (const counter of ['a', 'b', 'c']) take(3, counter);
    clock.pass(WINDOW_MS);
    expect(take(3, 'b').counted).toBe(1);
    expect(limiter.size).toBe(1);
    expect(take(3, 'b').counted).toBe(2);
  });

  it('counters are bounded, and those seen last stay', () => {
    limiter = new InProcessRateLimiter(clock, 2);
    take(1, 'key');
    for (let stranger = 0; stranger < 1_000; stranger += 1) {
      take(1, `address-${stranger}`);
      expect(take(1, 'key').allowed).toBe(false);
    }
    expect(limiter.size).toBe(2);
  });
});
