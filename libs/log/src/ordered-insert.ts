import type { Clock, EventLog } from '@app/ports';
import type { DecodedCommit, PreparedCommit } from './codec.js';
import type { Deadline } from './deadline.js';
import type { LogTail } from './log-tail.js';

export interface InsertTools {
  readonly log: EventLog;
  readonly tail: LogTail;
  readonly clock: Clock;
  /** Pause after an error of the store. */
  readonly retryMs: number;
  readonly onStoreError: (error: unknown) => void;
}

export interface Inserted {
  /** How many commits of the batch are durable; the others never will be at these positions, or their outcome is unknown after the deadline. */
  readonly stored: number;
  /** Of the last insert that stored something. */
  readonly tookMs: number;
}

/**
 * Inserts a batch that continues the tail's head, until every commit is stored, a position is taken by another writer, or time is over.
 * An unknown outcome is settled by reading: a commit is ours when its chain hash is, because that covers its bytes and all before it.
 */
export class OrderedInsert {
  readonly #tools: InsertTools;
  readonly #batch: readonly PreparedCommit[];
  #stored = 0;
  #takenByAnother = false;
  #tookMs = 0;

  constructor(tools: InsertTools, batch: readonly PreparedCommit[]) {
    this.#tools = tools;
    this.#batch = batch;
  }

  async run(deadline: Deadline): Promise<Inserted> {
    const { pos, hash } = this.#tools.tail.head;
    const first = this.#batch[0]?.decoded;
    // Decided on a head other than the one it would follow: the insert could still succeed, on states that were never true.
    if (first === undefined || first.pos !== pos + 1 || first.prev !== hash) throw new Error(`A batch for position ${first?.pos} would follow ${pos}.`);
    const ended = this.#tools.tail.onApply((commit) => this.#compare(commit));
    try {
      while (!this.#settled) {
        await this.#insertRest();
        if (!this.#settled) await this.#readBack(deadline);
        if (deadline.passed) break;
      }
    } finally {
      ended();
    }
    return { stored: this.#stored, tookMs: this.#tookMs };
  }

  get #settled(): boolean {
    return this.#takenByAnother || this.#stored === this.#batch.length;
  }

  /** Sees our own commits too, if the tail adopted or read them before the store replied. */
  #compare(applied: DecodedCommit): void {
    const next = this.#batch[this.#stored];
    if (this.#takenByAnother || next === undefined) return;
    if (applied.hash === next.decoded.hash) this.#stored += 1;
    else this.#takenByAnother = true;
  }

  async #insertRest(): Promise<void> {
    const { log, tail, clock, retryMs, onStoreError } = this.#tools;
    const rest = this.#batch.slice(this.#stored);
    const from = this.#stored;
    const startedAtMono = clock.mono();
    try {
      const count = await log.insert(rest.map(({ commit }) => commit));
      tail.adopt(rest.slice(0, count).map(({ decoded }) => decoded));
      // A tail that has stopped adopts nothing; the commits are durable all the same.
      this.#stored = Math.max(this.#stored, from + count);
      if (count > 0) this.#tookMs = clock.mono() - startedAtMono;
    } catch (error) {
      onStoreError(error);
      await clock.sleep(retryMs);
    }
  }

  async #readBack(deadline: Deadline): Promise<void> {
    const { tail, clock, retryMs, onStoreError } = this.#tools;
    try {
      await tail.probe(deadline.leftMs);
    } catch (error) {
      onStoreError(error);
      await clock.sleep(Math.min(retryMs, deadline.leftMs));
    }
  }
}
