import type { KeyRateLimit } from '@app/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OwnerRateLimiter, windowMs } from './owner-rate-limiter.js';

const limitOf = (periodSize: number, allowPerPeriod: number): KeyRateLimit => ({ periodType: 'seconds', periodSize, allowPerPeriod });

const steps = fc.array(fc.record({ owner: fc.constantFrom('a', 'b'), afterMs: fc.double({ min: 0, max: 3_000, noNaN: true }) }), { maxLength: 200 });

/** The definition, written down without cleverness: all counted moments of an owner, cut into windows from the first on. */
const allowedByDefinition = (counted: readonly number[], lengthMs: number, now: number): { startedAt: number; inWindow: number } | null => {
  let window: { startedAt: number; inWindow: number } | null = null;
  for (const at of counted) {
    if (window === null || at - window.startedAt >= lengthMs) window = { startedAt: at, inWindow: 0 };
    window.inWindow += 1;
  }
  return window === null || now - window.startedAt >= lengthMs ? null : window;
};

describe('a limit per owner', () => {
  it('lets exactly as many through in each window as its definition does, and names the time to the end of the window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), steps, (periodSize, allowed, sequence) => {
        const limiter = new OwnerRateLimiter(100);
        const limit = limitOf(periodSize, allowed);
        const counted: Record<string, number[]> = { a: [], b: [] };
        let now = 1_000;
        for (const { owner, afterMs } of sequence) {
          now += afterMs;
          const before = counted[owner] ?? [];
          const window = allowedByDefinition(before, windowMs(limit), now);
          const waitMs = limiter.take(owner, limit, now);
          const full = window !== null && window.inWindow >= allowed;
          const expected = full ? window.startedAt + windowMs(limit) - now : 0;
          // Plain comparisons: `expect` in here would take longer than everything else together.
          if (waitMs > 0 !== full || Math.abs(waitMs - expected) > 1e-6) throw new Error(`${waitMs} ms at ${now}, not ${expected}`);
          if (!full) before.push(now);
        }
      }),
    );
  });

  it('refused validations do not prolong the wait: after it the owner is let through', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.integer({ min: 0, max: 9_999 }), { maxLength: 50 }), (allowed, refusedAt) => {
        const limiter = new OwnerRateLimiter(100);
        const limit = limitOf(10, allowed);
        for (let count = 0; count < allowed; count += 1) limiter.take('a', limit, 0);
        const sorted = refusedAt.toSorted((left, right) => left - right);
        expect(sorted.map((at) => limiter.take('a', limit, at) + at)).toEqual(sorted.map(() => 10_000));
        expect(Array.from({ length: allowed + 1 }, () => limiter.take('a', limit, 10_000))).toEqual([...Array<number>(allowed).fill(0), 10_000]);
      }),
    );
  });

  it('a changed limit holds at once for the window that is open, and what was refused in it was not counted', () => {
    const limiter = new OwnerRateLimiter(100);
    for (let count = 0; count < 3; count += 1) expect(limiter.take('a', limitOf(10, 5), 0)).toBe(0);
    for (let refused = 0; refused < 5; refused += 1) expect(limiter.take('a', limitOf(10, 3), 1)).toBe(9_999);
    expect([2, 3, 4].map((now) => limiter.take('a', limitOf(10, 5), now) > 0)).toEqual([false, false, true]);
  });

  it('keeps the owners in memory bounded, and those seen last among them', () => {
    const limiter = new OwnerRateLimiter(2);
    const limit = limitOf(10, 1);
    limiter.take('a', limit, 0);
    limiter.take('b', limit, 0);
    expect(limiter.take('a', limit, 1)).toBeGreaterThan(0);
    limiter.take('c', limit, 2);
    expect(limiter.take('a', limit, 3)).toBeGreaterThan(0);
    expect(limiter.take('b', limit, 4)).toBe(0);
  });

  it('knows all kinds of periods', () => {
    const lengths = (['seconds', 'minutes', 'hours', 'days'] as const).map((periodType) => windowMs({ periodType, periodSize: 2, allowPerPeriod: 1 }));
    expect(lengths).toEqual([2_000, 120_000, 7_200_000, 172_800_000]);
  });
});
