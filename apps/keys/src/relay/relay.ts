import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { decodeCommit, FollowingEnds, LogFollower, LogTail, yieldToForeground } from '@app/log';
import { Clock, type Commit, EventLog, EventStream } from '@app/ports';
import { publicMessage } from './public-message.js';

/** Commits published at once: five times as fast as one after another, tried on one machine. A commit may be a hundred kilobytes long. */
const PAGE = 50;
const PROBE_MS = 2_000;
/** The relay notices within this time that an idle stream was lost. */
const LOOK_EVERY_MS = 10_000;
/** A replica that was not first leaves the next positions to the one that was, and looks again after half to one and a half of this. */
const STAND_BY_MS = 500;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

export interface RelayStatus {
  readonly running: boolean;
  /** The stream had every position up to here at the last check of this process. */
  readonly position: number;
  readonly head: number;
  /** Since the start; each was or will be retried. */
  readonly failures: number;
  /** The stream holds messages of another log. The relay has ended, and an operator must decide what to do with the stream. */
  readonly foreignStream: boolean;
}

class ForeignStream extends Error {}

/**
 * Publishes every position of the log to the event stream, in order. Any number of processes may run it: the stream's own end is the
 * only stored position, and each is accepted once. No caller waits for it; a stream that lost its messages is filled again.
 */
@Injectable()
export class Relay {
  readonly #logger = new Logger('relay');
  readonly #follower: LogFollower;
  #running = false;
  #relayed = 0;
  /** Whether the stream was checked since the start or the last failure. */
  #looked = false;
  #foreign = false;

  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(Clock) private readonly clock: Clock,
    /** None if no other process follows this log. */
    @Optional() @Inject(EventStream) private readonly stream?: EventStream,
  ) {
    this.#follower = new LogFollower(tail, {
      clock,
      hasWork: () => !this.#looked || tail.applied > this.#relayed,
      step: () => (this.stream === undefined ? Promise.resolve() : this.#step(this.stream)),
      retryMs: FIRST_RETRY_MS,
      lastRetryMs: LAST_RETRY_MS,
      idleMs: LOOK_EVERY_MS,
      onFailure: (error) => this.#failed(error),
    });
  }

  get hasStream(): boolean {
    return this.stream !== undefined;
  }

  /** The tail must have started; the stream may be out of reach. Does nothing without one. */
  start(): void {
    if (this.stream === undefined) return;
    this.#running = true;
    this.#follower.start();
  }

  /** Ends after the current publication, within the stream's deadline. Call it before the tail and the log stop. */
  async stop(): Promise<void> {
    await this.#follower.stop();
    this.#running = false;
  }

  relayStatus(): RelayStatus {
    return { running: this.#running, position: this.#relayed, head: this.tail.applied, failures: this.#follower.failures, foreignStream: this.#foreign };
  }

  get #ended(): boolean {
    return this.#follower.ending.aborted;
  }

  /** Publishes a page if the log has more than the stream; otherwise checks the stream, which may have lost its messages. */
  async #step(stream: EventStream): Promise<void> {
    try {
      if (!this.#looked || this.tail.applied <= this.#relayed) await this.#look(stream);
      else if (!(await this.#publishPage(stream))) await this.#standBy(stream);
      this.#looked = true;
    } catch (error) {
      if (!(error instanceof ForeignStream)) throw error;
      this.#giveUp(error);
      throw new FollowingEnds();
    }
  }

  /** The last position of the stream. Throws `ForeignStream` if it cannot have come from this log. */
  async #look(stream: EventStream): Promise<void> {
    if (this.#ended) return;
    const { pos, hash } = await stream.last();
    // Probed after the check: the publisher of a position had read it from the log.
    const head = await this.tail.probe(PROBE_MS);
    if (pos > head) throw new ForeignStream(`The event stream is at ${pos}, the log at ${head}`);
    if (hash !== null && hash !== (await this.#hashAt(pos))) throw new ForeignStream(`Position ${pos} differs between the event stream and the log`);
    if (pos < this.#relayed) this.#logger.warn(`The event stream had ${this.#relayed} positions and has ${pos}; the rest is published again.`);
    this.#relayed = pos;
  }

  async #hashAt(pos: number): Promise<string | undefined> {
    const [commit] = await this.log.readFrom(pos, 1);
    return commit === undefined ? undefined : decodeCommit(commit).hash;
  }

  /** Resolves to whether the log has more than the stream, at once or when a commit is applied; to false when it is time to look. */
  async #news(): Promise<boolean> {
    if (this.tail.applied > this.#relayed) return true;
    const woken = new AbortController();
    const unfollow = this.tail.onApply(() => woken.abort());
    const end = (): void => woken.abort();
    this.#follower.ending.addEventListener('abort', end, { once: true });
    if (!this.#ended) await this.clock.sleep(LOOK_EVERY_MS, woken.signal);
    this.#follower.ending.removeEventListener('abort', end);
    unfollow();
    return this.tail.applied > this.#relayed;
  }

  /** False if another replica published a position, or if the position is not the next one of the stream. */
  async #publishPage(stream: EventStream): Promise<boolean> {
    const startedAtMono = this.clock.mono();
    const commits = await this.log.readFrom(this.#relayed + 1, PAGE);
    // The stream accepts a position only right after the previous one: if one fails or is lost, so does the rest of the page.
    const sent = commits.map((commit) => this.#publish(stream, commit));
    for (const outcome of await Promise.allSettled(sent)) {
      if (outcome.status === 'rejected') throw outcome.reason;
      if (outcome.value === 'taken') return false;
      this.#relayed += 1;
      this.#follower.reached(this.#relayed);
    }
    if (commits.length === PAGE) await yieldToForeground(this.clock, this.clock.mono() - startedAtMono, this.#follower.ending);
    return true;
  }

  async #publish(stream: EventStream, commit: Commit): Promise<'published' | 'taken'> {
    return stream.publish(publicMessage(decodeCommit(commit), stream.maxBodyBytes));
  }

  /** One process publishes at a time, without coordination: the others return if the stream stops growing while the log grows. */
  async #standBy(stream: EventStream): Promise<void> {
    for (let taken = true; taken && !this.#ended;) {
      await this.#look(stream);
      if (!(await this.#news())) continue;
      const before = this.#relayed;
      await this.clock.sleep(STAND_BY_MS * (0.5 + Math.random()), this.#follower.ending);
      await this.#look(stream);
      taken = this.#relayed !== before;
    }
  }

  #giveUp(problem: ForeignStream): void {
    this.#foreign = true;
    this.#running = false;
    this.#logger.error(`${problem.message}: it is another log's. Publishing stops until that stream is deleted and this process restarted.`);
  }

  #failed(error: unknown): void {
    this.#looked = false;
    this.#logger.error(`After position ${this.#relayed}, trying again: ${error instanceof Error ? error.message : 'failed'}`);
  }
}
