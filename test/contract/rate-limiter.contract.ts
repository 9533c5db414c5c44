import type { RateLimit, RateLimiter, RateTaken } from '@app/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface LimiterAdapter {
  readonly limiter: RateLimiter;
  /** Of the same counters, as another process has them; the same one where they are not shared. */
  readonly other: RateLimiter;
  /** Resolves when the limiter's clock has moved on by at least `ms`. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const WINDOW_MS = 60_000;
const perMinute = (allowPerWindow: number): RateLimit => ({ allowPerWindow, windowMs: WINDOW_MS });
const SHORT_MS = 120;

/** What every `RateLimiter` must count. */
export const rateLimiterContract = (adapter: string, open: () => Promise<LimiterAdapter>): void => {
  describe(`RateLimiter: ${adapter}`, () => {
    let opened: LimiterAdapter;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    const take = async (limit: RateLimit, counter = 'a'): Promise<RateTaken> => await opened.limiter.take(counter, limit);
    const takeAll = async (times: number, limit: RateLimit): Promise<readonly boolean[]> => {
      const allowed: boolean[] = [];
      for (let time = 0; time < times; time += 1) allowed.push((await take(limit)).allowed);
      return allowed;
    };

    it('lets exactly as many through as the limit, and says of each what is counted and how long the window lasts', async () => {
      const taken: RateTaken[] = [];
      for (let time = 0; time < 4; time += 1) taken.push(await take(perMinute(3)));
      expect(taken.map(({ allowed, counted }) => [allowed, counted])).toEqual([
        [true, 1],
        [true, 2],
        [true, 3],
        [false, 3],
      ]);
      for (const { leftMs } of taken) expect(leftMs > 0 && leftMs <= WINDOW_MS).toBe(true);
    });

    it('is exact when many take at once, from two sides', async () => {
      const sides = [opened.limiter, opened.other];
      const taken = await Promise.all(Array.from({ length: 200 }, async (_, index) => await sides[index % 2]?.take('a', perMinute(50))));
      expect(taken.filter((one) => one?.allowed)).toHaveLength(50);
      expect(
        taken
          .filter((one) => one?.allowed)
          .map((one) => one?.counted)
          .toSorted((left = 0, right = 0) => left - right),
      ).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    });

    it('takes back one call of an open window, none below zero, and opens no window for it', async () => {
      await opened.limiter.giveBack('a');
      expect(await takeAll(3, perMinute(2))).toEqual([true, true, false]);
      await opened.other.giveBack('a');
      expect(await takeAll(2, perMinute(2))).toEqual([true, false]);
      for (let time = 0; time < 5; time += 1) await opened.limiter.giveBack('a');
      expect(await takeAll(3, perMinute(2))).toEqual([true, true, false]);
    });

    it('counts each counter for itself', async () => {
      expect(await takeAll(2, perMinute(1))).toEqual([true, false]);
      expect((await take(perMinute(1), 'b')).allowed).toBe(true);
    });

    it('begins a new window when the time it named is over, however often it refused meanwhile', async () => {
      const limit = { allowPerWindow: 2, windowMs: SHORT_MS };
      expect(await takeAll(3, limit)).toEqual([true, true, false]);
      const { leftMs } = await take(limit);
      await opened.pass(leftMs);
      expect(await take(limit)).toMatchObject({ allowed: true, counted: 1 });
    });

    it('a changed limit holds at once for the window that is open, and what was refused in it was not counted', async () => {
      expect(await takeAll(3, perMinute(5))).toEqual([true, true, true]);
      expect(await takeAll(5, perMinute(3))).toEqual(Array(5).fill(false));
      expect(await takeAll(3, perMinute(5))).toEqual([true, true, false]);
    });

    it('a changed length holds at once too: the window keeps its beginning', async () => {
      const short = { allowPerWindow: 1, windowMs: SHORT_MS };
      await take(short);
      const longer = await take(perMinute(1));
      expect(longer.allowed).toBe(false);
      expect(longer.leftMs).toBeGreaterThan(SHORT_MS);
      await opened.pass(SHORT_MS);
      expect(await take(perMinute(1))).toMatchObject({ allowed: false, counted: 1 });
      expect(await take(short)).toMatchObject({ allowed: true, counted: 1 });
    });

    it('a limit of none refuses everything and opens no window', async () => {
      expect(await take(perMinute(0))).toEqual({ allowed: false, counted: 0, leftMs: WINDOW_MS });
      expect(await take(perMinute(1))).toMatchObject({ allowed: true, counted: 1 });
    });

    it('a limit of none tells what is counted in the open window, and counts nothing', async () => {
      await takeAll(2, perMinute(5));
      for (let time = 0; time < 3; time += 1) {
        const looked = await take(perMinute(0));
        expect(looked).toMatchObject({ allowed: false, counted: 2 });
        expect(looked.leftMs > 0 && looked.leftMs <= WINDOW_MS).toBe(true);
      }
      expect(await take(perMinute(3))).toMatchObject({ allowed: true, counted: 3 });
    });

    it('a forgotten counter begins again on every side, whatever was counted or refused in it, and the others go on', async () => {
      expect(await takeAll(3, perMinute(2))).toEqual([true, true, false]);
      await take(perMinute(2), 'b');
      await opened.other.forget('a');
      expect(await take(perMinute(0))).toEqual({ allowed: false, counted: 0, leftMs: WINDOW_MS });
      expect(await takeAll(3, perMinute(2))).toEqual([true, true, false]);
      expect(await take(perMinute(2), 'b')).toMatchObject({ allowed: true, counted: 2 });
    });

    it('forgetting what was never counted changes nothing', async () => {
      for (const counter of ['never', '', '\0']) await opened.limiter.forget(counter);
      expect(await take(perMinute(1), 'never')).toMatchObject({ allowed: true, counted: 1 });
    });

    it('takes any text for a counter', async () => {
      for (const counter of ['', ' ', '\n', 'ä€😀', 'x'.repeat(10_000), '*', '\0']) {
        expect([counter.length, (await take(perMinute(1), counter)).allowed]).toEqual([counter.length, true]);
        expect([counter.length, (await take(perMinute(1), counter)).allowed]).toEqual([counter.length, false]);
        await opened.limiter.forget(counter);
        expect([counter.length, (await take(perMinute(0), counter)).counted]).toEqual([counter.length, 0]);
      }
    });
  });
};
