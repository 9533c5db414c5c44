import { expect, it } from 'vitest';
import { rateLimitOf } from './owner-limit.js';

it('knows all kinds of periods, and makes the limit of a setting once', () => {
  const settings = (['seconds', 'minutes', 'hours', 'days'] as const).map((periodType) => ({ periodType, periodSize: 2, allowPerPeriod: 7 }));
  expect(settings.map(rateLimitOf)).toEqual([2_000, 120_000, 7_200_000, 172_800_000].map((windowMs) => ({ allowPerWindow: 7, windowMs })));
  expect(settings.map(rateLimitOf).every((limit, index) => settings[index] !== undefined && limit === rateLimitOf(settings[index]))).toBe(true);
});
