import type { Clock } from '@app/ports';
import { fenceLimits } from '../protocol/parameters.js';

export interface Wanted {
  readonly digests: readonly string[];
  readonly names: readonly string[];
}

interface Batch<Answer> {
  readonly digests: Set<string>;
  readonly names: Set<string>;
  untilMono: number;
  readonly answer: Promise<Answer>;
}

/** Keeps one question small enough for any transport. */
const MAX_WANTED = 100;

/** Gathers the requests of one tick into one question. A caller never joins a question that was sent: it began before the caller. */
export class TickBatch<Answer> {
  readonly #clock: Clock;
  readonly #nextTick: () => Promise<void>;
  readonly #send: (wanted: Wanted, deadlineMs: number) => Promise<Answer>;
  #open: Batch<Answer> | null = null;

  constructor(clock: Clock, nextTick: () => Promise<void>, send: (wanted: Wanted, deadlineMs: number) => Promise<Answer>) {
    this.#clock = clock;
    this.#nextTick = nextTick;
    this.#send = send;
  }

  /** Rejects when the latest `untilMono` of its callers passes, as the transport does. */
  ask(wanted: Wanted, untilMono: number): Promise<Answer> {
    let batch = this.#open;
    if (batch === null || batch.digests.size + batch.names.size >= MAX_WANTED) batch = this.#openNew();
    for (const digest of wanted.digests) batch.digests.add(digest);
    for (const name of wanted.names) batch.names.add(name);
    batch.untilMono = Math.max(batch.untilMono, untilMono);
    return batch.answer;
  }

  #openNew(): Batch<Answer> {
    const digests = new Set<string>();
    const names = new Set<string>();
    const batch: Batch<Answer> = { digests, names, untilMono: 0, answer: this.#nextTick().then(() => this.#close(batch)) };
    this.#open = batch;
    return batch;
  }

  #close(batch: Batch<Answer>): Promise<Answer> {
    // Closed in the step that sends it: a later caller may know of a change that the reply to this question does not contain.
    if (this.#open === batch) this.#open = null;
    const deadlineMs = Math.min(batch.untilMono - this.#clock.mono(), fenceLimits.queryDeadlineMs);
    if (deadlineMs <= 0) return Promise.reject(new Error('There is no time left.'));
    return this.#send({ digests: [...batch.digests], names: [...batch.names] }, deadlineMs);
  }
}
