import { SystemClock } from '@app/ports';
import type { Clock, EventLog, ViewStore } from '@app/ports';
import { decodeCommit } from './codec.js';
import type { DecodedCommit } from './codec.js';
import { Deadline } from './deadline.js';
import { LogFollower } from './log-follower.js';
import type { LogTail } from './log-tail.js';
import type { Projection } from './projection.js';
import { RowBatch, ViewStoreFailure } from './row-batch.js';

export interface FailedEvent {
  readonly projection: string;
  readonly pos: number;
  readonly error: unknown;
}

export interface ProjectionRunnerOptions {
  readonly clock?: Clock;
  readonly pageSize?: number;
  /** All tries at the commit failed and it is skipped: its rows are wrong until the projection is rebuilt. */
  readonly onFailed?: (failed: FailedEvent) => void;
  /** The log or the read models could not be reached; the page is tried again. */
  readonly onStoreError?: (error: unknown) => void;
}

const TRIES = 3;
const RETRY_MS = 200;
/** Applied commits kept for a projection that is nearly up to date; one that is further behind reads the log. */
const REMEMBERED = 2_000;

/** Brings one projection up to the tail, and keeps it up to date. */
export class ProjectionRunner {
  readonly #projection: Projection;
  readonly #views: ViewStore;
  readonly #log: EventLog;
  readonly #tail: LogTail;
  readonly #clock: Clock;
  readonly #options: ProjectionRunnerOptions;
  readonly #follower: LogFollower;
  #recent: DecodedCommit[] = [];
  #position = 0;

  constructor(projection: Projection, views: ViewStore, log: EventLog, tail: LogTail, options: ProjectionRunnerOptions = {}) {
    this.#projection = projection;
    this.#views = views;
    this.#log = log;
    this.#tail = tail;
    this.#clock = options.clock ?? new SystemClock();
    this.#options = options;
    this.#follower = new LogFollower(tail, {
      clock: this.#clock,
      hasWork: () => this.#position < tail.applied,
      step: () => this.#projectPage(),
      notice: (commit) => this.#remember(commit),
      retryMs: RETRY_MS,
      onFailure: (error) => options.onStoreError?.(error),
    });
  }

  /** The tail must have started. Resolves when the projection follows, not when it has caught up: that is `waitFor`. */
  async start(): Promise<void> {
    const { name, version } = this.#projection;
    this.#position = await this.#views.position(name, version);
    // Probed after the position was read: no other replica can have projected what is not in the log by then.
    const head = await this.#tail.probe();
    if (this.#position > head) {
      throw new Error(`The read model ${name} stands at ${this.#position}, the log at ${head}: their histories differ. Rebuild the read models.`);
    }
    this.#follower.start();
  }

  /** Everything up to here is in the rows. */
  get position(): number {
    return this.#position;
  }

  /** Rejects with UNAVAILABLE when the rows are not up to `pos` within `deadlineMs` from now. */
  waitFor(pos: number, deadlineMs: number): Promise<void> {
    return this.#position >= pos ? Promise.resolve() : this.#follower.waitFor(pos, deadlineMs);
  }

  /**
   * Brings the rows up to a head that is not older than the question, so that every response contains all earlier changes.
   * Resolves to that head; rejects with UNAVAILABLE when it takes longer than `deadlineMs`.
   */
  async upToHead(deadlineMs: number): Promise<number> {
    const deadline = new Deadline(this.#clock, deadlineMs);
    const head = await this.#tail.probe(deadline.leftMs);
    await this.waitFor(head, deadline.leftMs);
    return head;
  }

  stop(): Promise<void> {
    return this.#follower.stop();
  }

  #remember(commit: DecodedCommit): boolean {
    this.#recent.push(commit);
    if (this.#recent.length > REMEMBERED) this.#recent = this.#recent.slice(-REMEMBERED / 2);
    return true;
  }

  async #projectPage(): Promise<void> {
    const commits = await this.#nextPage();
    const upto = commits.at(-1)?.pos;
    if (upto === undefined) return;
    this.#assertGapless(commits);
    const batch = new RowBatch(this.#views);
    await batch.preload(commits.flatMap((commit) => this.#projection.reads?.(commit) ?? []));
    for (const commit of commits) await this.#project(commit, batch);
    await this.#views.save(this.#projection.name, this.#projection.version, upto, batch.changed());
    this.#position = upto;
    this.#follower.reached(upto);
  }

  /** A skipped position would be missing from the rows forever, because the stored position says that they contain it. */
  #assertGapless(commits: readonly DecodedCommit[]): void {
    const wrong = commits.find(({ pos }, index) => pos !== this.#position + 1 + index);
    if (wrong === undefined) return;
    const error = new Error(`The read model ${this.#projection.name} stands at ${this.#position} and was given commit ${wrong.pos}.`);
    this.#tail.broken(error);
    throw error;
  }

  async #nextPage(): Promise<readonly DecodedCommit[]> {
    const pageSize = this.#options.pageSize ?? 500;
    const recent = this.#recent.filter(({ pos }) => pos > this.#position);
    this.#recent = recent;
    if (recent[0]?.pos === this.#position + 1) return recent.slice(0, pageSize);
    return (await this.#log.readFrom(this.#position + 1, pageSize)).filter(({ pos }) => pos <= this.#tail.applied).map(decodeCommit);
  }

  async #project(commit: DecodedCommit, batch: RowBatch): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await batch.take(commit.pos, (rows) => this.#projection.apply(commit, rows));
        return;
      } catch (error) {
        if (error instanceof ViewStoreFailure) throw error;
        if (tries < TRIES) continue;
        this.#options.onFailed?.({ projection: this.#projection.name, pos: commit.pos, error });
        return;
      }
    }
  }
}
