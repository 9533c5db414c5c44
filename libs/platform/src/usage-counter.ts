import { randomBytes } from 'node:crypto';
import type { UsageTotalData } from '@app/messages';
import type { KeyRecord } from '@app/domain';
import type { Clock } from '@app/ports';
import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Caller, newCommandId, type RpcClient } from './rpc-client.js';

const DAY_MS = 86_400_000;
const FLUSH_EVERY_MS = 1_000;
/** About 250 bytes each, and a broker takes a megabyte. */
const TOTALS_PER_MESSAGE = 1_000;
const TOTALS_IN_MEMORY = 500_000;

/** A period of counting under one `incarnation`: it ends with the UTC day, or when it has more keys than memory should hold. */
interface Period {
  readonly incarnation: string;
  readonly day: string;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
}

/** The running total of one key in one period. A caller keeps it where it keeps the key, which saves the look-up of it. */
export class UsageTotal {
  readonly period: Period;
  readonly keyId: string;
  readonly environmentId: string;
  readonly userId: string | null;
  readonly orgId: string | null;
  count = 0;
  /** Since the period's day began, in whole milliseconds: a small number lies in this object, a point in time would be another object beside it. */
  lastUsedAfterMs = 0;
  /** True if the next flush sends it. */
  waiting = false;

  constructor({ keyId, environmentId, userId, orgId }: CountedKey, period: Period) {
    this.period = period;
    this.keyId = keyId;
    this.environmentId = environmentId;
    this.userId = userId;
    this.orgId = orgId;
  }
}

export type CountedKey = Pick<KeyRecord, 'keyId' | 'environmentId' | 'userId' | 'orgId'>;

export interface UsageHolder {
  slot: unknown;
}

/**
 * Counts uses of keys in memory and sends running totals once a second: one per process, and all code that accepts keys counts with it. A repeat
 * is harmless, so whatever was not acknowledged is sent again; a kill loses what was counted since the last message.
 */
export class UsageCounter implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #rpc: Pick<RpcClient, 'call'>;
  readonly #clock: Clock;
  readonly #newIncarnation: () => string;
  readonly #logger = new Logger('usage');
  readonly #stopped = new AbortController();
  readonly #totalsInMemory: number;
  #period: Period;
  /** Of this period, by key id. Not a field of the period: an old total on a record would keep all of them in memory. */
  #totals = new Map<string, UsageTotal>();
  #waiting: UsageTotal[] = [];
  #running: Promise<void> = Promise.resolve();
  #failing = false;
  /** For metrics. */
  flushes = 0;
  failedFlushes = 0;

  constructor(rpc: Pick<RpcClient, 'call'>, clock: Clock, newIncarnation = () => randomBytes(16).toString('hex'), totalsInMemory = TOTALS_IN_MEMORY) {
    this.#rpc = rpc;
    this.#clock = clock;
    this.#newIncarnation = newIncarnation;
    this.#totalsInMemory = totalsInMemory;
    this.#period = this.#periodAt(clock.wall());
  }

  /** Keys counted in this period; each costs memory until it ends. */
  get size(): number {
    return this.#totals.size;
  }

  /** `nowMs`: the time the verdict was taken at. */
  count(holder: UsageHolder, key: CountedKey, nowMs: number): void {
    if (nowMs >= this.#period.endsAtMs) this.#startPeriod(nowMs);
    const kept = holder.slot;
    const total = kept instanceof UsageTotal && kept.period === this.#period ? kept : this.#totalOf(holder, key, nowMs);
    total.count += 1;
    total.lastUsedAfterMs = Math.floor(nowMs - this.#period.startedAtMs);
    this.#sendLater(total);
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  /** Nest calls it when the HTTP server has closed, so nothing is counted after it. */
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Flushes every second from now on. */
  start(): void {
    this.#running = this.#run();
  }

  /** For after the last response: sends what is left. Counts that are not accepted now are lost, and the log says how many. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
    await this.flush();
    if (this.#waiting.length > 0) this.#logger.error(`The last usage of ${this.#waiting.length} keys was not accepted and is lost.`);
    this.#waiting = [];
  }

  /** Sends all totals that grew; what fails waits for the next time. Never rejects. */
  async flush(): Promise<void> {
    const taken = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < taken.length; from += TOTALS_PER_MESSAGE) {
      if (await this.#send(taken.slice(from, from + TOTALS_PER_MESSAGE))) continue;
      for (const total of taken.slice(from + TOTALS_PER_MESSAGE)) this.#waiting.push(total);
      return;
    }
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(FLUSH_EVERY_MS, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      await this.flush();
    }
  }

  async #send(totals: readonly UsageTotal[]): Promise<boolean> {
    const message = totals.map(toData);
    // Before the await: uses counted while the message is being sent are not in it, and the next one must send them.
    for (const total of totals) total.waiting = false;
    this.flushes += 1;
    try {
      await this.#rpc.call('keys.usage', { totals: message }, flushCaller());
      this.#failing = false;
      return true;
    } catch (error) {
      this.failedFlushes += 1;
      if (!this.#failing) this.#logger.warn(`Usage waits in memory: ${error instanceof Error ? error.message : 'not taken'}`);
      this.#failing = true;
      for (const total of totals) this.#sendLater(total);
      return false;
    }
  }

  #sendLater(total: UsageTotal): void {
    if (total.waiting) return;
    total.waiting = true;
    this.#waiting.push(total);
  }

  #totalOf(holder: UsageHolder, key: CountedKey, nowMs: number): UsageTotal {
    const known = this.#totals.get(key.keyId) ?? this.#newTotal(key, nowMs);
    holder.slot = known;
    return known;
  }

  #newTotal(key: CountedKey, nowMs: number): UsageTotal {
    if (this.#totals.size >= this.#totalsInMemory) this.#startPeriod(nowMs);
    const total = new UsageTotal(key, this.#period);
    this.#totals.set(key.keyId, total);
    return total;
  }

  /** Totals of the previous period stay only while they wait for an acknowledgement. */
  #startPeriod(nowMs: number): void {
    this.#period = this.#periodAt(nowMs);
    this.#totals = new Map();
  }

  #periodAt(nowMs: number): Period {
    const startedAtMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
    return { incarnation: this.#newIncarnation(), day: new Date(startedAtMs).toISOString().slice(0, 10), startedAtMs, endsAtMs: startedAtMs + DAY_MS };
  }
}

const toData = ({ period, keyId, environmentId, userId, orgId, count, lastUsedAfterMs }: UsageTotal): UsageTotalData => ({
  incarnation: period.incarnation,
  day: period.day,
  keyId,
  environmentId,
  userId,
  orgId,
  count,
  lastUsedAtMs: period.startedAtMs + lastUsedAfterMs,
});

const flushCaller = (): Caller => {
  const commandId = newCommandId();
  return { requestId: `usage-${commandId}`, commandId, environmentId: '', actor: 'system' };
};
