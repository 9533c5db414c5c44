import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Cause, causeOf } from '@app/domain';
import { type DecodedCommit, decodeCommit, LogFollower, LogTail } from '@app/log';
import { Clock, EventLog, ViewStore } from '@app/ports';
import { type CauseProgress, RecordInvalidations } from './record-invalidations.js';

/** The name that its position is stored under. A rebuild of the read models may carry the position over: it is about the log alone. */
export const CASCADE_POSITION = { name: 'cascade', version: 1 } as const;
/** Commits read at once. Small, because a commit may be a chunk of a cascade, a hundred kilobytes long. */
const PAGE = 50;
const RETRY_MS = 1_000;
/** In a quiet log the stored position moves no more often than this: it only saves reading those commits again after a restart. */
const SAVE_EVERY = 5_000;

export interface CascadeStatus {
  readonly running: boolean;
  /** Every cause up to here has been carried out. */
  readonly position: number;
  readonly head: number;
  readonly current: (CauseProgress & { readonly pos: number; readonly kind: Cause['kind'] }) | null;
  /** Since the start; each was or will be retried. */
  readonly failures: number;
}

/**
 * Follows the log and writes down which keys blocks, deletions and removals of members have ended: bookkeeping for lists and audits, on which
 * no verdict waits. A projection of its own: its position is stored only after its work is durable, and repeating the work changes nothing.
 */
@Injectable()
export class Cascade {
  readonly #logger = new Logger('cascade');
  readonly #follower: LogFollower;
  #running = false;
  /** Every cause up to here has been carried out. */
  #examined = 0;
  #saved = 0;
  /** No cause is after this, as far as the tail has applied: `#examined` may jump from here to the tail without reading. */
  #lastPossible = 0;
  #current: CascadeStatus['current'] = null;

  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(ViewStore) private readonly views: ViewStore,
    @Inject(RecordInvalidations) private readonly endKeys: RecordInvalidations,
    @Inject(Clock) clock: Clock,
  ) {
    this.#follower = new LogFollower(tail, {
      clock,
      hasWork: () => this.#examined < this.#lastPossible || this.#handledUpTo - this.#saved >= SAVE_EVERY,
      step: () => this.#advance(),
      notice: (commit) => this.#notice(commit),
      retryMs: RETRY_MS,
      onFailure: (error) => this.#logger.error(`After position ${this.#examined}, trying again: ${error instanceof Error ? error.message : 'failed'}`),
    });
  }

  /** The tail and the keys projection must have started. */
  async start(): Promise<void> {
    const position = await this.views.position(CASCADE_POSITION.name, CASCADE_POSITION.version);
    const head = await this.tail.probe();
    if (position > head) {
      // The position is of another log: every cause up to it would count as carried out.
      throw new Error(`The cascade stands at ${position}, the log at ${head}: their histories differ. Rebuild the read models.`);
    }
    this.#examined = this.#saved = position;
    this.#lastPossible = this.tail.applied;
    this.#running = true;
    this.#follower.start();
  }

  /** Ends after the current chunk. Call it before the runner stops, which would take no further chunk. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    // While commits are still examined as they are applied: a cause that came during the last chunk must not be skipped.
    await this.#follower.stop(() => {
      this.#examined = this.#handledUpTo;
      this.#running = false;
    });
    // A failure is harmless: the next start examines a few commits twice.
    await this.#save().catch(() => undefined);
  }

  cascadeStatus(): CascadeStatus {
    return { running: this.#running, position: this.#handledUpTo, head: this.tail.applied, current: this.#current, failures: this.#follower.failures };
  }

  /**
   * Whether every cause up to `pos` has been carried out and applied here, after waiting up to `waitMs` for it. False at once in a
   * process that runs no cascade: another one does.
   */
  async handled(pos: number, waitMs: number): Promise<boolean> {
    if (this.#running && this.#handledUpTo < pos) await this.#follower.waitFor(pos, waitMs).catch(() => undefined);
    return this.#running && this.#handledUpTo >= pos;
  }

  get #handledUpTo(): number {
    return this.#examined >= this.#lastPossible ? Math.max(this.#examined, this.tail.applied) : this.#examined;
  }

  #notice(commit: DecodedCommit): boolean {
    if (causesIn(commit).length > 0) this.#lastPossible = commit.pos;
    else if (commit.pos - this.#saved < SAVE_EVERY) return false;
    return true;
  }

  async #advance(): Promise<void> {
    if (this.#examined < this.#lastPossible) {
      for (const commit of await this.log.readFrom(this.#examined + 1, PAGE)) await this.#examine(decodeCommit(commit));
    } else {
      this.#examined = this.#handledUpTo;
    }
    if (this.#examined - this.#saved >= SAVE_EVERY) await this.#save();
  }

  async #examine(commit: DecodedCommit): Promise<void> {
    const causes = causesIn(commit);
    for (const cause of causes) await this.#carryOut(cause);
    this.#examined = Math.max(this.#examined, commit.pos);
    this.#follower.reached(this.#handledUpTo);
    if (causes.length > 0) await this.#save();
  }

  async #carryOut(cause: Cause): Promise<void> {
    const progress = { pos: cause.pos, kind: cause.kind, keysExamined: 0, keysRecorded: 0 };
    this.#current = progress;
    await this.endKeys.run(cause, progress, this.#follower.ending);
    this.#current = null;
    if (progress.keysRecorded > 0) this.#logger.log(`${cause.kind} at ${cause.pos}: ${progress.keysRecorded} keys recorded.`);
  }

  async #save(): Promise<void> {
    const upTo = this.#examined;
    await this.views.save(CASCADE_POSITION.name, CASCADE_POSITION.version, upTo, []);
    this.#saved = upTo;
  }
}

const causesIn = ({ events, pos, at }: DecodedCommit): readonly Cause[] => events.map((event) => causeOf(event, { pos, at })).filter((cause) => cause !== null);
