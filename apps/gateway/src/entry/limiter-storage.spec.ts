import { expect, it } from 'vitest';
import { InProcessRateLimiter } from '@app/adapters/in-process';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { LimiterStorage } from './limit.js';

const WINDOW_MS = 60_000;

it('gives the guard whole seconds, rounded up, and counts a refused call as one more than allowed', async () => {
  const clock = new ManualClock();
  const limiter = new InProcessRateLimiter(clock, 10);
  const storage = new LimiterStorage(() => limiter);
  const call = () => storage.increment('a', WINDOW_MS, 3, WINDOW_MS, 'keys');
  expect(await call()).toMatchObject({ totalHits: 1, timeToExpire: 60, isBlocked: false, timeToBlockExpire: 0 });
  clock.pass(10_500);
  await call();
  expect(await call()).toMatchObject({ totalHits: 3, timeToExpire: 50, isBlocked: false, timeToBlockExpire: 0 });
  expect(await call()).toMatchObject({ totalHits: 4, timeToExpire: 50, isBlocked: true, timeToBlockExpire: 50 });
  clock.pass(WINDOW_MS - 10_501);
  expect(await call()).toMatchObject({ totalHits: 4, timeToExpire: 1, isBlocked: true, timeToBlockExpire: 1 });
  clock.pass(1);
  expect(await call()).toMatchObject({ totalHits: 1, timeToExpire: 60, isBlocked: false, timeToBlockExpire: 0 });
});
