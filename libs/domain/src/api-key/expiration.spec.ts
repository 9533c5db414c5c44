import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExpirationOption } from '../environment/settings.js';
import { expirationOf } from './expiration.js';

const after = (option: ExpirationOption, from: string) => {
  const ms = expirationOf(option, Date.parse(from));
  return ms === null ? null : new Date(ms).toISOString();
};

describe('expiration options', () => {
  it.each<[ExpirationOption, string, string | null]>([
    ['TwoWeeks', '2026-02-20T10:11:12.345Z', '2026-03-06T10:11:12.345Z'],
    ['OneMonth', '2026-04-15T10:11:12.345Z', '2026-05-15T10:11:12.345Z'],
    ['OneMonth', '2026-01-31T23:59:59.999Z', '2026-02-28T23:59:59.999Z'],
    ['OneMonth', '2028-01-31T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
    ['OneMonth', '2026-12-31T00:00:00.000Z', '2027-01-31T00:00:00.000Z'],
    ['ThreeMonths', '2026-11-30T12:00:00.000Z', '2027-02-28T12:00:00.000Z'],
    ['SixMonths', '2026-08-31T12:00:00.000Z', '2027-02-28T12:00:00.000Z'],
    ['SixMonths', '2026-03-31T12:00:00.000Z', '2026-09-30T12:00:00.000Z'],
    ['OneYear', '2028-02-29T12:00:00.000Z', '2029-02-28T12:00:00.000Z'],
    ['OneYear', '2026-05-05T12:00:00.000Z', '2027-05-05T12:00:00.000Z'],
    ['Never', '2026-05-05T12:00:00.000Z', null],
  ])('%s from %s is %s', (option, from, expected) => expect(after(option, from)).toBe(expected));

  it('months keep the time of day and never skip a month', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
        fc.constantFrom(['OneMonth', 1], ['ThreeMonths', 3], ['SixMonths', 6], ['OneYear', 12]),
        (from, [option, months]) => {
          const ms = expirationOf(option as ExpirationOption, from) ?? 0;
          const [start, end] = [new Date(from), new Date(ms)];
          const monthsOf = (date: Date) => date.getUTCFullYear() * 12 + date.getUTCMonth();
          expect(monthsOf(end) - monthsOf(start)).toBe(months);
          expect(ms % 86_400_000).toBe(from % 86_400_000);
          expect(end.getUTCDate()).toBeLessThanOrEqual(start.getUTCDate());
        },
      ),
    );
  });
});
