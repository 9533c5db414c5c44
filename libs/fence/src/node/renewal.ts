import type { Clock } from '@app/ports';
import { FenceBroken } from '../protocol/fence-errors.js';
import type { Lease, Moment, NodeTime } from './lease.js';
import type { RenewGranted } from '../protocol/messages.js';
import { fenceLimits, fenceParameters, type FenceParameters } from '../protocol/parameters.js';
import type { RecordMap } from './record-map.js';
import type { FenceTransport } from '../protocol/transport.js';

export interface RenewalOptions {
  readonly clock: Clock;
  readonly transport: Pick<FenceTransport, 'join' | 'leave' | 'renew'>;
  readonly records: RecordMap;
  readonly lease: Lease;
  readonly time: NodeTime;
  readonly newIncarnation: () => string;
  readonly newNonce: () => string;
  /** The lease that the process was started with; null if the log decides. */
  readonly leaseMs: number | null;
  /** The process must exit. */
  readonly onBroken: (error: FenceBroken) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Before the first join L is unknown; short enough that a node that starts before `keys` can answer soon after it. */
const PAUSE_BEFORE_JOIN_MS = 200;

/** A node's place in the registry and in the log: it joins, renews, restarts if refused, and leaves. One question at a time. */
export class Renewal {
  readonly #options: RenewalOptions;
  readonly #stopped = new AbortController();
  #parameters: FenceParameters | null = null;
  #incarnation: string;
  #roundBegan = 0;
  #everAskedToJoin = false;
  #joined = false;
  #applied = 0;
  #hash = '';
  #logHash: string | null = null;
  /** Rounds that ended without an answer. */
  failures = 0;

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#incarnation = options.newIncarnation();
  }

  get incarnation(): string {
    return this.#incarnation;
  }

  /** Every change up to here was applied. Pushes do not move it: there may be holes below them. */
  get applied(): number {
    return this.#applied;
  }

  /** Hash of the log's first commit; null before the first join. */
  get logHash(): string | null {
    return this.#logHash;
  }

  get leaseMs(): number | null {
    return this.#parameters?.leaseAuthorityMs ?? null;
  }

  get stopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** Until stopped. Begins with a pause: the first round is the starter's, who waits for it. */
  async keepRenewing(): Promise<void> {
    const { clock } = this.#options;
    while (!this.stopped) {
      const pauseMs = (this.#parameters?.renewEveryMs ?? PAUSE_BEFORE_JOIN_MS) - (clock.mono() - this.#roundBegan);
      if (pauseMs > 0) await clock.sleep(pauseMs, this.#stopped.signal);
      await this.round();
    }
  }

  /** Asks until the node has everything, or until a reply is missing. Never rejects: the lease covers missing replies. */
  async round(): Promise<void> {
    this.#roundBegan = this.#options.clock.mono();
    if (this.stopped) return;
    try {
      // A refused node joins again at once, but only once: an authority that refuses forever must not be asked without a pause.
      if ((await this.#renewAll()) === 'refused') await this.#renewAll();
    } catch (error) {
      this.failures += 1;
      this.#options.onFailure(error);
    }
  }

  /** No answer from memory after this; a reply that is still pending grants nothing. */
  stop(): void {
    this.#stopped.abort();
    this.#options.lease.drop();
  }

  /** After the last response, so that no change waits for this node. If the message is lost, the next change waits one lease. */
  async leave(): Promise<void> {
    if (!this.#everAskedToJoin) return;
    const { transport, newNonce } = this.#options;
    await transport.leave({ incarnation: this.#incarnation, nonce: newNonce() }, fenceLimits.queryDeadlineMs).catch(() => {});
  }

  async #renewAll(): Promise<'done' | 'refused'> {
    if (!this.#joined) await this.#join();
    for (;;) {
      const outcome = this.stopped ? 'done' : await this.#renewOnce();
      if (outcome !== 'more') return outcome;
    }
  }

  async #join(): Promise<void> {
    const { transport, newNonce } = this.#options;
    const nonce = newNonce();
    this.#everAskedToJoin = true;
    const answer = await transport.join({ incarnation: this.#incarnation, nonce }, fenceLimits.queryDeadlineMs);
    if (answer.nonce !== nonce) throw new Error('Nonce mismatch: this reply belongs to another request.');
    this.#takeParameters(answer.leaseMs);
    if (this.#logHash !== null && this.#logHash !== answer.logHash) this.breakOff('The log is not the one this process started with.');
    this.#logHash = answer.logHash;
    // No change below `feedFloor` will be sent any more: records in memory, including those read since the refusal, may have changed
    // there (mutant "a second join keeps the records").
    this.#options.records.startAgainFrom(answer.feedFloor);
    this.#applied = answer.feedFloor;
    this.#hash = answer.hash;
    this.#joined = true;
  }

  async #renewOnce(): Promise<'done' | 'more' | 'refused'> {
    const { transport, newNonce, lease } = this.#options;
    const nonce = newNonce();
    const question = { incarnation: this.#incarnation, nonce, applied: this.#applied, hash: this.#hash };
    // Before sending: the authority counts from its reply, which is later (mutant "lease from receive time").
    const sent = lease.moment();
    const answer = await transport.renew(question, this.#parameters?.renewTimeoutMs ?? fenceLimits.queryDeadlineMs);
    if (this.stopped) return 'done';
    if (answer.nonce !== nonce) throw new Error('Nonce mismatch: this reply belongs to another request.');
    switch (answer.kind) {
      case 'refused':
        this.#startOver();
        return 'refused';
      case 'another-history':
        return this.breakOff('The log has another history than the one that this process has read.');
      case 'granted':
        this.#catchUp(answer);
        if (answer.more === true) return 'more';
        // Only now, with every change up to the probed head applied.
        this.#assertMayGrant(answer, sent);
        lease.grant(sent);
        this.#options.records.newPeriod();
        return 'done';
    }
  }

  #catchUp(answer: RenewGranted): void {
    this.#assertContinues(answer);
    const { records, time } = this.#options;
    time.heard(answer.now);
    if (answer.reset !== undefined) records.startAgainFrom(answer.reset.floor);
    for (const change of answer.changes) records.apply(change);
    if (answer.head <= this.#applied) return;
    this.#applied = answer.head;
    this.#hash = answer.headHash;
  }

  /** A reply that goes back or leaves its own range is about a log other than the one this node applied: its changes would hide others. */
  #assertContinues({ head, changes, reset }: RenewGranted): void {
    const from = Math.max(this.#applied, reset?.floor ?? 0);
    if (head < from) this.breakOff(`A renewal names the head ${head}, but ${from} was reached before.`);
    let last = from;
    for (const { pos } of changes) {
      if (pos <= last || pos > head) this.breakOff(`A renewal from ${from} to ${head} tells of a change at ${pos} after the one at ${last}.`);
      last = pos;
    }
  }

  /** A lease is the right to answer from memory: it must not begin before memory is up to date, nor later than now. */
  #assertMayGrant({ head }: RenewGranted, sent: Moment): void {
    if (this.#applied < head) this.breakOff(`A lease was granted for ${head} while only ${this.#applied} was applied.`);
    if (sent.mono > this.#options.clock.mono()) this.breakOff('A lease was granted from a moment that has not come yet.');
  }

  #startOver(): void {
    this.#options.lease.drop();
    this.#options.records.clear();
    this.#incarnation = this.#options.newIncarnation();
    this.#joined = false;
  }

  #takeParameters(leaseMs: number): void {
    if (this.#parameters !== null && this.#parameters.leaseAuthorityMs !== leaseMs) {
      this.#leaveAndBreak(`The lease is now ${leaseMs} ms, but this process started with ${this.#parameters.leaseAuthorityMs} ms.`);
    }
    const givenMs = this.#options.leaseMs;
    if (givenMs !== null && givenMs !== leaseMs) this.#leaveAndBreak(`FENCE_LEASE_MS is ${givenMs}, but this log was created with ${leaseMs}.`);
    this.#parameters = fenceParameters(leaseMs);
    this.#options.lease.setParameters(this.#parameters);
  }

  /** A node that has joined by now would delay every change by a lease, and again after each restart. */
  #leaveAndBreak(why: string): never {
    const error = new FenceBroken(why);
    this.stop();
    this.#options.records.clear();
    void this.leave().finally(() => this.#options.onBroken(error));
    throw error;
  }

  /** Stops answers from memory and makes the process exit: its memory cannot be trusted. */
  breakOff(why: string): never {
    const error = new FenceBroken(why);
    this.stop();
    this.#options.records.clear();
    this.#options.onBroken(error);
    throw error;
  }
}
