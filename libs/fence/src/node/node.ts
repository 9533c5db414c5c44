import { type FenceRecordState, keyVerdict } from '@app/domain';
import type { Clock } from '@app/ports';
import { CachedFills, type NodeCache } from './cached-fills.js';
import type { LinkedRecord } from './cached-record.js';
import type { FenceBroken } from '../protocol/fence-errors.js';
import { FenceUnavailable } from '../protocol/fence-errors.js';
import { Lease, NodeTime } from './lease.js';
import { type LookUpCaller, VERIFIED } from './look-up-places.js';
import { LookUps } from './look-ups.js';
import type { AckMessage, PushMessage } from '../protocol/messages.js';
import { fenceLimits } from '../protocol/parameters.js';
import { randomId } from '../protocol/random-id.js';
import { RecordMap, type PutRefusal } from './record-map.js';
import { Renewal } from './renewal.js';
import type { FenceTransport } from '../protocol/transport.js';
import type { ResolvedRecords } from './verdict-join.js';

export interface FenceNodeOptions {
  readonly clock: Clock;
  readonly transport: FenceTransport;
  /** `CACHE_KEYS`: records in memory, default one million. */
  readonly cacheKeys?: number;
  /** The cache that nodes share, to save the authority fills. It never decides. */
  readonly cache?: NodeCache;
  /** The log or its lease is not the one that this process started with: it must exit. */
  readonly onBroken: (error: FenceBroken) => void;
  /** For the log: a round without a reply. The next one comes by itself. */
  readonly onRenewFailure?: (error: unknown) => void;
  /** The configured lease: with another one in the log the process must exit. Default: the lease that it learns at the join. */
  readonly leaseMs?: number | null;
  readonly newIncarnation?: () => string;
  readonly newNonce?: () => string;
  /** Resolves when everything that arrived in this tick has been handled. */
  readonly nextTick?: () => Promise<void>;
  readonly lastChangeNames?: number;
}

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One per process that validates. It answers from memory under a lease, and otherwise asks; if it cannot know, it says so. */
export class FenceNode {
  readonly #lease: Lease;
  readonly #time: NodeTime;
  readonly #records: RecordMap;
  readonly #renewal: Renewal;
  readonly #lookUps: LookUps;
  readonly #cached: CachedFills | null;
  readonly #transport: FenceTransport;
  #renewing: Promise<void> = Promise.resolve();
  #stopPushes: () => void = () => {};

  constructor(options: FenceNodeOptions) {
    const { clock, transport, onBroken, newIncarnation = randomId, newNonce = randomId, nextTick = immediate } = options;
    const lease = new Lease(clock);
    const time = new NodeTime(clock);
    const records = new RecordMap(options.cacheKeys ?? 1_000_000, options.lastChangeNames ?? fenceLimits.lastChangeNames, (why) => this.#renewal.breakOff(why));
    this.#lease = lease;
    this.#time = time;
    this.#records = records;
    this.#transport = transport;
    this.#renewal = new Renewal({
      clock,
      transport,
      records,
      lease,
      time,
      newIncarnation,
      newNonce,
      onBroken,
      leaseMs: options.leaseMs ?? null,
      onFailure: options.onRenewFailure ?? (() => {}),
    });
    this.#cached = options.cache === undefined ? null : new CachedFills({ cache: options.cache, records, logHash: () => this.#renewal.logHash });
    this.#lookUps = new LookUps({
      clock,
      transport,
      records,
      time,
      newNonce,
      nextTick,
      cached: this.#cached,
      leased: () => this.leased(),
      fromMemory: (digest) => this.hit(digest)?.verdict ?? null,
      incarnation: () => this.#renewal.incarnation,
      broken: (why) => this.#renewal.breakOff(why),
    });
  }

  /** Joins and renews from now on. Resolves after the first attempt, with or without a lease: see `leased()`. */
  async start(): Promise<void> {
    this.#stopPushes = this.#transport.onPush((message) => this.onPush(message));
    const first = this.#renewal.round();
    this.#renewing = first.then(() => this.#renewal.keepRenewing());
    await first;
  }

  /** For after the last answer: drops the lease, then leaves the registry. */
  async stop(): Promise<void> {
    this.#renewal.stop();
    await this.#renewing;
    this.#stopPushes();
    await this.#renewal.leave();
  }

  leased(): boolean {
    return this.#lease.held();
  }

  /** For expiry; never behind the last time from the authority. */
  now(): number {
    return this.#time.now();
  }

  /**
   * The hot path: the key or backend key with the records of its verdict, all of them current under the lease; null if it must be looked up.
   * Synchronous, so that nothing can change between the check of the clocks and the answer: decide at `now()` before any await.
   */
  hit(digest: string): LinkedRecord | null {
    const record = this.#records.byDigest(digest);
    if (record === undefined || !this.#lease.held()) return null;
    const linked = this.#records.link(record);
    if (linked === null) return null;
    // Records from different moments, one of them ahead of this node: such a set may refuse a key that was never refused (one issued under
    // an epoch that the user's record here has not reached). It may still answer "valid".
    if (linked.mixedUpTo > this.#renewal.applied && !this.#admits(linked.verdict)) return null;
    return linked;
  }

  /** A record by its name, from memory under the lease; null if it must be looked up. */
  recordHit(name: string): FenceRecordState | null {
    const record = this.#records.byName(name);
    return record !== undefined && this.#lease.held() ? record.state : null;
  }

  /**
   * The records for the verdict on each digest; null if nothing was ever created with it. To set an answer's bytes or to count usage on
   * the record, ask `hit` again afterwards.
   * Throws `FenceUnavailable` if the node cannot know.
   */
  lookUp(
    digests: readonly string[],
    deadlineMs: number = fenceLimits.queryDeadlineMs,
    caller: LookUpCaller = VERIFIED,
  ): Promise<Map<string, ResolvedRecords | null>> {
    return this.#renewal.stopped ? this.#unavailable() : this.#lookUps.byDigests(digests, deadlineMs, caller);
  }

  /** `caller`: the caller whose place the look-up takes, if it needs one. */
  async resolve(digest: string, caller: LookUpCaller = VERIFIED, deadlineMs?: number): Promise<ResolvedRecords | null> {
    const hit = this.hit(digest);
    if (hit !== null) return hit.verdict;
    return (await this.lookUp([digest], deadlineMs, caller)).get(digest) ?? null;
  }

  async recordByName(name: string, caller: LookUpCaller = VERIFIED, deadlineMs: number = fenceLimits.queryDeadlineMs): Promise<FenceRecordState | null> {
    const hit = this.recordHit(name);
    if (hit !== null) return hit;
    return this.#renewal.stopped ? this.#unavailable() : this.#lookUps.byName(name, deadlineMs, caller);
  }

  /** Apply, THEN acknowledge: in the other order the change would be acknowledged while memory still holds the old record. */
  onPush(message: PushMessage): AckMessage {
    this.#records.apply(message);
    return { incarnation: this.#renewal.incarnation, nonce: message.nonce };
  }

  get incarnation(): string {
    return this.#renewal.incarnation;
  }

  /** L, from the authority when this node joined; null before that. */
  get leaseMs(): number | null {
    return this.#renewal.leaseMs;
  }

  leaseRemainingMs(): number {
    return this.#lease.remainingMs();
  }

  /** For metrics; read, never written. */
  counters(): FenceNodeCounters {
    return {
      putRefused: { ...this.#records.putRefused },
      undecided: this.#lookUps.undecided,
      lookUpsInFlight: this.#lookUps.inFlight,
      fills: this.#lookUps.fills,
      strongReads: this.#lookUps.strongReads,
      cacheHits: this.#cached?.hits ?? 0,
      cacheMisses: this.#cached?.misses ?? 0,
      cacheRefused: this.#cached?.refused ?? 0,
      renewFailures: this.#renewal.failures,
      records: this.#records.size,
      applied: this.#renewal.applied,
      floor: this.#records.floor,
    };
  }

  #admits(resolved: ResolvedRecords): boolean {
    return resolved.kind === 'key' ? keyVerdict(resolved.records, this.now()).valid : !resolved.records.backendKey.revoked;
  }

  #unavailable(): Promise<never> {
    return Promise.reject(new FenceUnavailable('it is shutting down'));
  }
}

export interface FenceNodeCounters {
  readonly putRefused: Readonly<Record<PutRefusal, number>>;
  readonly undecided: number;
  readonly lookUpsInFlight: number;
  readonly fills: number;
  readonly strongReads: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  /** Values of the shared cache that were not a record of the requested thing. */
  readonly cacheRefused: number;
  readonly renewFailures: number;
  readonly records: number;
  readonly applied: number;
  readonly floor: number;
}
