import type { ProcessUsageTotal, UsageCountQuery, UsageStore } from '@app/ports';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

export interface UsageAdapter {
  readonly store: UsageStore;
  reopen(): Promise<UsageAdapter>;
}

const DAY = '2026-11-21';
const total = (changes: Partial<ProcessUsageTotal> = {}): ProcessUsageTotal => ({
  incarnation: 'run-1',
  day: DAY,
  keyId: 'k1',
  environmentId: 'env-a',
  userId: null,
  orgId: null,
  count: 1,
  lastUsedAtMs: 1_000,
  ...changes,
});
const of = (changes: Partial<UsageCountQuery> = {}): UsageCountQuery => ({
  environmentId: 'env-a',
  day: DAY,
  keyId: null,
  userId: null,
  orgId: null,
  ...changes,
});

/** What every `UsageStore` must count. */
export const usageStoreContract = (adapter: string, open: () => Promise<UsageAdapter>): void => {
  describe(`UsageStore: ${adapter}`, () => {
    let usage: UsageAdapter;
    beforeEach(async () => {
      usage = await open();
    });
    afterEach(() => usage.store.close());

    it('a repeated or overtaken total changes nothing: the greatest counts', async () => {
      await usage.store.record([total({ count: 5 })]);
      await usage.store.record([total({ count: 5 }), total({ count: 3 })]);
      expect(await usage.store.count(of({ keyId: 'k1' }))).toBe(5);
    });

    it('totals of several process runs are added up', async () => {
      await usage.store.record([total({ count: 5 }), total({ incarnation: 'run-2', count: 2 })]);
      await usage.store.record([total({ incarnation: 'run-2', count: 4 })]);
      expect(await usage.store.count(of({ keyId: 'k1' }))).toBe(9);
    });

    it('a day is counted by environment, key, user and organization, and filters are all met', async () => {
      await usage.store.record([
        total({ keyId: 'k1', userId: 'u1', count: 1 }),
        total({ keyId: 'k2', userId: 'u1', orgId: 'o1', count: 10 }),
        total({ keyId: 'k3', orgId: 'o1', count: 100 }),
        total({ keyId: 'k1', userId: 'u1', day: '2026-11-22', count: 1_000 }),
      ]);
      expect(await usage.store.count(of())).toBe(111);
      expect(await usage.store.count(of({ userId: 'u1' }))).toBe(11);
      expect(await usage.store.count(of({ orgId: 'o1' }))).toBe(110);
      expect(await usage.store.count(of({ userId: 'u1', orgId: 'o1' }))).toBe(10);
      expect(await usage.store.count(of({ keyId: 'k3', userId: 'u1' }))).toBe(0);
      expect(await usage.store.count(of({ day: '2026-11-22' }))).toBe(1_000);
      expect(await usage.store.count(of({ day: '2026-11-23' }))).toBe(0);
    });

    it('counts of another environment are never included', async () => {
      await usage.store.record([total({ userId: 'u1', orgId: 'o1' }), total({ environmentId: 'env-b', keyId: 'k2', userId: 'u1', orgId: 'o1', count: 10 })]);
      for (const filter of [{}, { userId: 'u1' }, { orgId: 'o1' }]) {
        expect(await usage.store.count(of(filter))).toBe(1);
        expect(await usage.store.count(of({ environmentId: 'env-b', ...filter }))).toBe(10);
      }
      expect(await usage.store.count(of({ keyId: 'k2' }))).toBe(0);
    });

    it('the last use is the newest ever recorded, and keys never used are left out', async () => {
      await usage.store.record([total({ lastUsedAtMs: 7_000 }), total({ incarnation: 'run-2', lastUsedAtMs: 6_000 }), total({ keyId: 'k2', lastUsedAtMs: 1 })]);
      expect(await usage.store.lastUsed(['k1', 'k2', 'k3'])).toEqual(
        new Map([
          ['k1', 7_000],
          ['k2', 1],
        ]),
      );
    });

    it('a flush of many keys is recorded whole and survives closing', async () => {
      await usage.store.record(Array.from({ length: 1_234 }, (_, index) => total({ keyId: `k${index}` })));
      usage = await usage.reopen();
      expect(await usage.store.count(of())).toBe(1_234);
    });
  });
};
