import type { RequestOf, UsageTotalData } from '@app/messages';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Logger } from '@nestjs/common';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import type { RpcClient } from './rpc-client.js';
import { type CountedKey, UsageCounter, type UsageHolder } from './usage-counter.js';

const key = (keyId: string): CountedKey => ({ keyId, environmentId: 'env1', userId: 'u1', orgId: null });
const holder = (): UsageHolder => ({ slot: null });

/** The store's rule: the greater total per (incarnation, day, key) stays, and counts are summed over incarnation. */
class FakeStore {
  readonly #totals = new Map<string, UsageTotalData>();
  messages = 0;
  /** What happens to each message: taken and answered, taken with the answer lost, or lost. */
  fate: 'taken' | 'answer-lost' | 'lost' = 'taken';
  duringCall: () => void = () => {};

  readonly call = async (_subject: string, data: unknown): Promise<Record<string, never>> => {
    this.messages += 1;
    this.duringCall();
    await Promise.resolve();
    if (this.fate === 'lost') throw new Error('lost');
    for (const total of (data as RequestOf<'keys.usage'>).totals) this.#record(total);
    if (this.fate === 'answer-lost') throw new Error('answer lost');
    return {};
  };

  get rpc(): Pick<RpcClient, 'call'> {
    return { call: this.call as RpcClient['call'] };
  }

  count(keyId: string, day?: string): number {
    return [...this.#totals.values()].filter((total) => total.keyId === keyId && (day ?? total.day) === total.day).reduce((sum, total) => sum + total.count, 0);
  }

  lastUsedAtMs(keyId: string): number {
    return Math.max(...[...this.#totals.values()].filter((total) => total.keyId === keyId).map((total) => total.lastUsedAtMs));
  }

  get incarnations(): number {
    return new Set([...this.#totals.values()].map(({ incarnation }) => incarnation)).size;
  }

  #record(total: UsageTotalData): void {
    const place = `${total.incarnation} ${total.day} ${total.keyId}`;
    const known = this.#totals.get(place);
    if (known === undefined || known.count < total.count) this.#totals.set(place, total);
  }
}

let store: FakeStore;
let clock: ManualClock;
let counter: UsageCounter;
const logged = { warn: vi.spyOn(Logger.prototype, 'warn'), error: vi.spyOn(Logger.prototype, 'error') };
beforeEach(() => {
  for (const level of [logged.warn, logged.error]) level.mockReset().mockImplementation(() => {});
  store = new FakeStore();
  clock = new ManualClock();
  counter = new UsageCounter(store.rpc, clock);
});
afterAll(() => vi.restoreAllMocks());

describe('usage', () => {
  it('reaches the store exactly, whatever happens to the messages, once one gets through', async () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('count' as const), keyId: fc.constantFrom('k1', 'k2', 'k3') }),
      fc.record({ kind: fc.constant('flush' as const), fate: fc.constantFrom('taken' as const, 'answer-lost' as const, 'lost' as const) }),
      fc.constant({ kind: 'evict' as const }),
      fc.record({ kind: fc.constant('pass' as const), hours: fc.integer({ min: 0, max: 30 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 80 }), fc.integer({ min: 1, max: 3 }), async (events, totalsInMemory) => {
        const taking = new FakeStore();
        const counting = new UsageCounter(taking.rpc, clock, undefined, totalsInMemory);
        const holders = new Map<string, UsageHolder>();
        const expected = new Map<string, number>();
        for (const step of events) {
          if (step.kind === 'evict') holders.clear();
          if (step.kind === 'pass') clock.pass(step.hours * 3_600_000);
          if (step.kind === 'flush') {
            taking.fate = step.fate;
            await counting.flush();
          }
          if (step.kind !== 'count') continue;
          const place = holders.get(step.keyId) ?? holder();
          holders.set(step.keyId, place);
          counting.count(place, key(step.keyId), clock.wall());
          const day = `${step.keyId} ${new Date(clock.wall()).toISOString().slice(0, 10)}`;
          expected.set(day, (expected.get(day) ?? 0) + 1);
        }
        taking.fate = 'taken';
        await counting.close();
        for (const [place, count] of expected) expect(taking.count(...(place.split(' ') as [string, string]))).toBe(count);
      }),
    );
  });

  it('is sent once a second, and not at all while nothing was counted', async () => {
    counter.start();
    await clock.advance(5_000);
    expect(store.messages).toBe(0);
    const place = holder();
    for (let time = 0; time < 10; time += 1) counter.count(place, key('k1'), clock.wall());
    await clock.advance(1_000);
    expect(store.messages).toBe(1);
    expect(store.count('k1')).toBe(10);
    await clock.advance(5_000);
    expect(store.messages).toBe(1);
    await counter.close();
  });

  it('counted while a message is under way is sent by the next one', async () => {
    const place = holder();
    counter.count(place, key('k1'), clock.wall());
    store.duringCall = () => {
      store.duringCall = () => {};
      counter.count(place, key('k1'), clock.wall() + 5);
    };
    await counter.flush();
    expect(store.count('k1')).toBe(1);
    await counter.flush();
    expect(store.count('k1')).toBe(2);
    expect(store.lastUsedAtMs('k1')).toBe(clock.wall() + 5);
  });

  it('belongs to the UTC day of its validation, also when the message leaves the day after', async () => {
    const place = holder();
    clock.pass(86_400_000 - 1);
    counter.count(place, key('k1'), clock.wall());
    clock.pass(1);
    counter.count(place, key('k1'), clock.wall());
    await counter.flush();
    expect([store.count('k1', '2030-01-01'), store.count('k1', '2030-01-02')]).toEqual([1, 1]);
  });

  it('of a past day does not stay in memory, and too many keys in one day start a new count', () => {
    const bounded = new UsageCounter(store.rpc, clock, undefined, 10);
    for (let index = 0; index < 25; index += 1) bounded.count(holder(), key(`k${index}`), clock.wall());
    expect(bounded.size).toBe(5);
    bounded.count(holder(), key('next'), clock.wall() + 86_400_000);
    expect(bounded.size).toBe(1);
  });

  it('goes in messages of at most a thousand totals, and a failed one leaves all behind it for later', async () => {
    for (let index = 0; index < 2_500; index += 1) counter.count(holder(), key(`k${index}`), clock.wall());
    store.fate = 'lost';
    await counter.flush();
    expect(store.messages).toBe(1);
    store.fate = 'taken';
    await counter.flush();
    expect(store.messages).toBe(4);
    for (const keyId of ['k0', 'k999', 'k1000', 'k2499']) expect(store.count(keyId)).toBe(1);
    expect(store.incarnations).toBe(1);
  });

  it('that is not accepted at the end is logged once, and the process can end', async () => {
    counter.start();
    store.fate = 'lost';
    counter.count(holder(), key('k1'), clock.wall());
    await clock.advance(3_000);
    await counter.close();
    expect(logged.warn).toHaveBeenCalledTimes(1);
    expect(logged.error).toHaveBeenCalledTimes(1);
  });
});
