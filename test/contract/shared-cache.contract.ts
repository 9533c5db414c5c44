import type { SharedCache } from '@app/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface CacheAdapter {
  readonly cache: SharedCache;
  /** Of the same values, as another process has them. */
  readonly other: SharedCache;
  /** Resolves when `ms` are over for the values that lie there. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const SHORT_MS = 100;
const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);

/** What every `SharedCache` must keep, as long as it answers. */
export const sharedCacheContract = (adapter: string, open: () => Promise<CacheAdapter>): void => {
  describe(`SharedCache: ${adapter}`, () => {
    let opened: CacheAdapter;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it('gives every process the bytes that one wrote, place by place in the order asked, and null for what is not there', async () => {
      const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
      await opened.cache.write(
        [
          { place: 'p1', value: all },
          { place: 'p2', value: bytes(0) },
        ],
        HOUR_MS,
      );
      const read = await opened.other.read(['p2', 'none', 'p1', 'p2']);
      expect(read).toEqual([bytes(0), null, all, bytes(0)]);
      expect(read.every((value) => value === null || Buffer.isBuffer(value))).toBe(true);
    });

    it('keeps what was written last', async () => {
      await opened.cache.write([{ place: 'p', value: bytes(1) }], HOUR_MS);
      await opened.other.write([{ place: 'p', value: bytes(2) }], HOUR_MS);
      expect(await opened.cache.read(['p'])).toEqual([bytes(2)]);
    });

    it('forgets a value when its time is over', async () => {
      await opened.cache.write([{ place: 'short', value: bytes(1) }], SHORT_MS);
      await opened.cache.write([{ place: 'long', value: bytes(2) }], HOUR_MS);
      await opened.pass(SHORT_MS);
      expect(await opened.cache.read(['short', 'long'])).toEqual([null, bytes(2)]);
    });

    it('reads and writes nothing, and much', async () => {
      await opened.cache.write([], HOUR_MS);
      expect(await opened.cache.read([])).toEqual([]);
      const places = Array.from({ length: 500 }, (_, index) => `p${index}`);
      await opened.cache.write(
        places.map((place) => ({ place, value: Buffer.alloc(1_000, place) })),
        HOUR_MS,
      );
      const read = await opened.cache.read(places);
      expect(read.map((value, index) => value?.equals(Buffer.alloc(1_000, places[index])))).toEqual(places.map(() => true));
    });
  });
};
