import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../libs/fence/src/testing/virtual-clock.js';
import { FixedWindows } from './fixed-windows.js';

const TTL_MS = 60_000;
let clock: VirtualClock;
let windows: FixedWindows;
beforeEach(() => {
  clock = new VirtualClock();
  windows = new FixedWindows(clock);
});
const call = (limit = 3, tracker = 'a') => windows.increment(tracker, TTL_MS, limit);

describe('a fixed window per tracker', () => {
  it('lets `limit` calls through, then says how long the window lasts, then starts anew', async () => {
    expect(await call()).toEqual({ totalHits: 1, timeToExpire: 60, isBlocked: false, timeToBlockExpire: 0 });
    clock.pass(10_500);
    await call();
    expect(await call()).toEqual({ totalHits: 3, timeToExpire: 50, isBlocked: false, timeToBlockExpire: 0 });
    expect(await call()).toEqual({ totalHits: 4, timeToExpire: 50, isBlocked: true, timeToBlockExpire: 50 });
    clock.pass(TTL_MS - 10_501);
    expect(await call()).toEqual({ totalHits: 4, timeToExpire: 1, isBlocked: true, timeToBlockExpire: 1 });
    clock.pass(1);
    expect(await call()).toEqual({ totalHits: 1, timeToExpire: 60, isBlocked: false, timeToBlockExpire: 0 });
  });

  it('never names a longer wait than the window has, whatever fraction of a millisecond it starts at', async () => {
    for (let tracker = 0; tracker < 10_000; tracker += 1) {
      clock.pass(0.1 + tracker / 7);
      const { timeToExpire } = await call(3, `tracker-${tracker}`);
      if (timeToExpire !== 60) throw new Error(`${timeToExpire} s at ${clock.mono()} ms`);
    }
  });

  it('counts each tracker for itself', async () => {
    for (let count = 0; count < 3; count += 1) await call();
    expect((await call(3, 'b')).isBlocked).toBe(false);
    expect((await call()).isBlocked).toBe(true);
  });

  it('whoever waits as long as it was told to is let through, and refused calls do not prolong the wait', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 30 }), async (limit, pauses) => {
        windows = new FixedWindows(clock);
        for (let count = 0; count < limit; count += 1) expect((await call(limit)).isBlocked).toBe(false);
        const { timeToBlockExpire } = await call(limit);
        const until = clock.mono() + timeToBlockExpire * 1_000;
        for (const pause of pauses) {
          if (clock.mono() + pause >= until) break;
          clock.pass(pause);
          expect((await call(limit)).isBlocked).toBe(true);
        }
        clock.pass(until - clock.mono());
        expect((await call(limit)).isBlocked).toBe(false);
      }),
    );
  });
});

describe('memory', () => {
  it('a call costs the same after a million in its window', async () => {
    for (let count = 0; count < 1_000_000; count += 1) void call(1_000_000);
    expect(await call(1_000_000)).toMatchObject({ totalHits: 1_000_001, isBlocked: true });
  });

  it('trackers that were not seen for a window are gone, without a timer', async () => {
    for (let tracker = 0; tracker < 500; tracker += 1) await call(3, `old-${tracker}`);
    clock.pass(TTL_MS - 1);
    await call(3, 'late');
    expect(windows.size).toBe(501);
    clock.pass(1);
    await call(3, 'new');
    expect(windows.size).toBe(2);
    expect((await call(3, 'late')).totalHits).toBe(2);
  });

  it('a tracker whose window ends in the same moment as the others goes on with a new one', async () => {
    for (const tracker of ['a', 'b', 'c']) await call(3, tracker);
    clock.pass(TTL_MS);
    expect((await call(3, 'b')).totalHits).toBe(1);
    expect(windows.size).toBe(1);
    expect((await call(3, 'b')).totalHits).toBe(2);
  });

  it('trackers are bounded, and those seen last stay', async () => {
    windows = new FixedWindows(clock, 2);
    await call(1, 'key');
    for (let stranger = 0; stranger < 1_000; stranger += 1) {
      await call(1, `address-${stranger}`);
      expect((await call(1, 'key')).isBlocked).toBe(true);
    }
    expect(windows.size).toBe(2);
  });
});
