import { EventLog, UnknownOutcome } from '@app/ports';
import type { Commit, LogProblem } from '@app/ports';

/** What happens to one insert. After the last of the plan inserts go through. */
export type InsertFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'request lost' }
  | { readonly kind: 'answer lost' }
  /** The first `count` commits are stored, then the store falls silent. */
  | { readonly kind: 'cut off'; readonly count: number }
  /** Silent now; the whole insert reaches the store later, when the test calls `deliver`. */
  | { readonly kind: 'late' }
  /** Goes through once `until` has settled. */
  | { readonly kind: 'held'; readonly until: Promise<unknown> };

const silence = (): UnknownOutcome => new UnknownOutcome(new Error('connection reset'));

/** A log that a test can make lose answers, fail, and hold reads that have already seen their snapshot. */
export class FaultyEventLog extends EventLog {
  readonly plan: InsertFault[] = [];
  /** Positions of every insert, in order. */
  readonly inserts: number[][] = [];
  /** How many `readFrom` have started. */
  readsStarted = 0;
  /** While set, a read waits for it after it has seen its snapshot. */
  holdReads: Promise<unknown> | null = null;
  failReads = false;
  readonly #inner: EventLog;
  readonly #late: (readonly Commit[])[] = [];

  constructor(inner: EventLog) {
    super();
    this.#inner = inner;
  }

  async insert(commits: readonly Commit[]): Promise<number> {
    this.inserts.push(commits.map(({ pos }) => pos));
    const fault = this.plan.shift() ?? { kind: 'none' };
    switch (fault.kind) {
      case 'none':
        return this.#inner.insert(commits);
      case 'held':
        await fault.until;
        return this.#inner.insert(commits);
      case 'failed':
        throw new Error('no space left on device');
      case 'request lost':
        throw silence();
      case 'answer lost':
        await this.#inner.insert(commits);
        throw silence();
      case 'cut off':
        await this.#inner.insert(commits.slice(0, fault.count));
        throw silence();
      case 'late':
        this.#late.push(commits);
        throw silence();
    }
  }

  /** The inserts that were under way reach the store. Resolves to how many commits each of them stored. */
  async deliver(): Promise<readonly number[]> {
    return Promise.all(this.#late.splice(0).map((commits) => this.#inner.insert(commits)));
  }

  async readFrom(fromPos: number, limit: number): Promise<readonly Commit[]> {
    this.readsStarted += 1;
    if (this.failReads) throw new Error('the store cannot be reached');
    const seen = await this.#inner.readFrom(fromPos, limit);
    if (this.holdReads !== null) await this.holdReads;
    return seen;
  }

  readBack(pos: number, limit: number): Promise<readonly Commit[]> {
    return this.#inner.readBack(pos, limit);
  }

  readTagged(tag: string, uptoPos?: number): Promise<readonly Commit[]> {
    return this.#inner.readTagged(tag, uptoPos);
  }

  readHead(): Promise<Commit | null> {
    return this.#inner.readHead();
  }

  checkIndex(): Promise<LogProblem | null> {
    return this.#inner.checkIndex();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
