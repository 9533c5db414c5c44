import { SystemClock } from '@app/ports';
import type { Clock, Commit, EventLog } from '@app/ports';
import { FIRST_PREV, chainHash, decodeCommit } from './codec.js';
import type { DecodedCommit } from './codec.js';
import { Deadline, unavailable } from './deadline.js';
import { eventLoopTurn } from './event-loop-turn.js';
import { PositionWaiters } from './position-waiters.js';

export interface Head {
  readonly pos: number;
  /** Hash of the commit there; 64 zeros for an empty log. */
  readonly hash: string;
  readonly at: number;
}

export interface LogTailOptions {
  readonly clock?: Clock;
  /** How often the log is read without a doorbell or a probe. */
  readonly pollMs?: number;
  readonly pageSize?: number;
  /** The log no longer continues what was applied here, or a listener threw: memory is wrong from now on and the process must exit. */
  readonly onFatal?: (error: Error) => void;
  /** A read failed; the next poll tries again. */
  readonly onReadError?: (error: unknown) => void;
}

export type ApplyListener = (commit: DecodedCommit) => void;

interface Probe {
  resolve(pos: number): void;
  reject(error: Error): void;
}

const RECENT_HASHES = 16_384;

/**
 * Follows the log and applies each commit synchronously and in order: when `applied` has moved, every listener has run.
 * It starts at the head; earlier commits are loaded by tag, or read by the code that needs them.
 */
export class LogTail {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #options: LogTailOptions;
  readonly #pageSize: number;
  readonly #waiters = new PositionWaiters();
  /** A ring; it fills as commits are applied. */
  readonly #recentHashes: (Head | undefined)[] = [];
  readonly #ending = new AbortController();
  #listeners: readonly ApplyListener[] = [];
  #head: Head = { pos: 0, hash: FIRST_PREV, at: 0 };
  /** Probes whose read has not started yet: a read that is already running proves nothing to them. */
  #notStarted: Probe[] = [];
  /** Probes that a read of the round under way was started for. */
  #riding: Probe[] = [];
  #started = false;
  #rung = false;
  #reading: Promise<void> | null = null;

  constructor(log: EventLog, options: LogTailOptions = {}) {
    this.#log = log;
    this.#options = options;
    this.#clock = options.clock ?? new SystemClock();
    this.#pageSize = options.pageSize ?? 500;
  }

  async start(): Promise<void> {
    const newest = await this.#log.readHead();
    if (newest !== null) {
      this.#moveTo({ pos: newest.pos, hash: chainHash(newest), at: decodeCommit(newest).at });
    }
    this.#started = true;
    void this.#poll();
  }

  get started(): boolean {
    return this.#started;
  }

  get applied(): number {
    return this.#head.pos;
  }

  get head(): Head {
    return this.#head;
  }

  /**
   * A head read from the store by a read that started after this call, with everything up to it applied.
   * Rejects with UNAVAILABLE when the read fails or `deadlineMs` from now pass first.
   */
  probe(deadlineMs?: number): Promise<number> {
    if (!this.#started || this.#ended) return Promise.reject(unavailable('The log is not being followed.'));
    const probed = new Promise<number>((resolve, reject) => {
      this.#notStarted.push({ resolve, reject });
    });
    this.#pump();
    return deadlineMs === undefined ? probed : new Deadline(this.#clock, deadlineMs).race(probed, 'The log did not answer in time.');
  }

  /** Rejects with UNAVAILABLE when `pos` is not applied within `deadlineMs` from now. */
  waitFor(pos: number, deadlineMs: number): Promise<void> {
    if (this.#head.pos >= pos) return Promise.resolve();
    if (this.#ended) return Promise.reject(unavailable('The log is no longer followed.'));
    this.doorbell();
    return this.#waiters.wait(pos, new Deadline(this.#clock, deadlineMs));
  }

  /** Called for every commit, in order, in the tick that applies it; it must not throw. Returns a function that ends it. */
  onApply(listener: ApplyListener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Applies commits that this process has just inserted; commits that do not continue the chain are left to the next read. */
  adopt(commits: readonly DecodedCommit[]): void {
    if (!this.#started || this.#ended) return;
    for (const commit of commits) {
      if (commit.pos <= this.#head.pos) continue;
      if (this.#ended) return;
      if (commit.pos !== this.#head.pos + 1 || commit.prev !== this.#head.hash) {
        this.doorbell();
        break;
      }
      this.#applyOne(commit);
    }
    this.#waiters.reached(this.#head.pos);
  }

  /** A writer reports that there is something new. Losing the message costs one poll. */
  doorbell(): void {
    this.#rung = true;
    this.#pump();
  }

  /** The hash of the commit at `pos`; undefined when that is ahead of this tail, or too long ago to be remembered (the log has it). */
  hashAt(pos: number): string | undefined {
    if (pos === 0) return FIRST_PREV;
    const kept = this.#recentHashes[pos % RECENT_HASHES];
    return kept?.pos === pos ? kept.hash : undefined;
  }

  /** The memory of this process contradicts the log: the process must exit. */
  broken(error: Error): void {
    this.#fail(error);
  }

  async stop(): Promise<void> {
    this.#end();
    await this.#reading;
  }

  get #ended(): boolean {
    return this.#ending.signal.aborted;
  }

  #end(): void {
    this.#ending.abort();
    const error = unavailable('The log is no longer followed.');
    this.#waiters.fail(error);
    for (const probe of [...this.#riding.splice(0), ...this.#notStarted.splice(0)]) probe.reject(error);
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#end();
    this.#options.onFatal?.(error instanceof Error ? error : new Error(String(error)));
  }

  async #poll(): Promise<void> {
    while (!this.#ended) {
      await this.#clock.sleep(this.#options.pollMs ?? 200, this.#ending.signal);
      this.#pump();
    }
  }

  #pump(): void {
    if (this.#started && this.#reading === null && !this.#ended) this.#reading = this.#readWhileAsked();
  }

  async #readWhileAsked(): Promise<void> {
    do {
      this.#rung = false;
      await this.#readToEnd();
    } while (!this.#ended && (this.#rung || this.#notStarted.length > 0));
    // In the same step as the last check of the flags: a probe that came in between would wait for a poll.
    this.#reading = null;
  }

  /** A point read at head+1, then pages, until a read comes back short: that one saw the head. */
  async #readToEnd(): Promise<void> {
    try {
      for (let limit = 1, complete = false; !complete; limit = this.#pageSize) {
        this.#riding.push(...this.#notStarted.splice(0));
        const commits = await this.#log.readFrom(this.#head.pos + 1, limit);
        complete = commits.length < limit;
        this.#applyRead(commits);
        if (!complete && limit > 1) await eventLoopTurn();
      }
      for (const probe of this.#riding.splice(0)) probe.resolve(this.#head.pos);
    } catch (error) {
      for (const probe of this.#riding.splice(0)) probe.reject(unavailable('The log could not be read.'));
      this.#options.onReadError?.(error);
    }
  }

  #applyRead(commits: readonly Commit[]): void {
    for (const commit of commits) {
      // Adopted while this read was under way.
      if (commit.pos <= this.#head.pos) continue;
      if (this.#ended) throw unavailable('The log is no longer followed.');
      this.#applyStored(commit);
    }
    this.#waiters.reached(this.#head.pos);
  }

  #applyStored(commit: Commit): void {
    const { pos, hash } = this.#head;
    if (commit.pos !== pos + 1 || commit.prev !== hash) {
      const broken = new Error(`The log at position ${commit.pos} does not continue what was read up to ${pos}: it has another history.`);
      this.#fail(broken);
      throw broken;
    }
    try {
      this.#applyOne(decodeCommit(commit));
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #applyOne(commit: DecodedCommit): void {
    try {
      this.#assertContinues(commit);
      this.#moveTo({ pos: commit.pos, hash: commit.hash, at: commit.at });
      for (const listener of this.#listeners) listener(commit);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Both callers have checked the chain; a third caller that does not would lose a commit or let an expired key live. */
  #assertContinues({ pos, prev, at }: DecodedCommit): void {
    const head = this.#head;
    if (pos !== head.pos + 1 || prev !== head.hash) throw new Error(`Commit ${pos} was applied after ${head.pos}, which it does not continue.`);
    if (at < head.at) throw new Error(`Commit ${pos} carries an earlier time than commit ${head.pos}.`);
  }

  #moveTo(head: Head): void {
    this.#head = head;
    this.#recentHashes[head.pos % RECENT_HASHES] = head;
  }
}
