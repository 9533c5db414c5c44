import { Refusal } from '@app/domain';
import type { Deadline } from '@app/log';

/** The caller that a hash is for. */
export interface HashCaller {
  /** An address or a backend key; its running and waiting hashes are limited together. */
  readonly share: string;
  readonly mayHave: number;
  readonly deadline: Deadline;
}

export interface HashGateOptions {
  /** Running hashes. */
  readonly atOnce: number;
  /** Callers that wait for a place. */
  readonly waiting: number;
}

interface Waiting {
  readonly deadline: Deadline;
  readonly start: () => void;
  readonly drop: () => void;
}

const busy = (): Refusal => new Refusal('BUSY', { message: 'Too many passwords are being checked. Please try again in a second.' });

const TOO_LATE = 'The password could not be checked in time.';
const tooLate = (): Refusal => new Refusal('UNAVAILABLE', { message: TOO_LATE });

/**
 * The only way to a hash. A hash takes a core tens of milliseconds, and unauthenticated callers may request it: without a limit, a
 * few of them would take the processor from everything else.
 */
export class HashGate {
  readonly #options: HashGateOptions;
  readonly #queue: Waiting[] = [];
  readonly #shares = new Map<string, number>();
  #underWay = 0;
  /** Refused because the queue or the caller's share was full. */
  refused = 0;

  constructor(options: HashGateOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Runs `work` when there is a place. Rejects with BUSY at once if the queue or the caller's share is full, and with UNAVAILABLE if the
   * caller's deadline passes first: a waiting hash is dropped then, and a running one keeps its place until it ends by itself.
   */
  async run<Result>({ share, mayHave, deadline }: HashCaller, work: () => Promise<Result>): Promise<Result> {
    const mine = this.#shares.get(share) ?? 0;
    const isFull = this.#underWay >= this.#options.atOnce && this.#queue.length >= this.#options.waiting;
    if (mine >= mayHave || isFull) {
      this.refused += 1;
      throw busy();
    }
    this.#shares.set(share, mine + 1);
    return deadline.race(
      this.#inTurn(deadline, work).finally(() => this.#leave(share)),
      TOO_LATE,
    );
  }

  async #inTurn<Result>(deadline: Deadline, work: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= this.#options.atOnce) await this.#place(deadline);
    else this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#passOn();
    }
  }

  /** The previous hash passes on its place, so that a caller that arrives in between cannot take it. */
  #place(deadline: Deadline): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { deadline, start: resolve, drop: () => reject(tooLate()) };
      this.#queue.push(waiting);
      deadline.whenPassed(() => {
        const place = this.#queue.indexOf(waiting);
        if (place === -1) return;
        this.#queue.splice(place, 1);
        waiting.drop();
      });
    });
  }

  #passOn(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#underWay -= 1;
    else next.start();
  }

  #leave(share: string): void {
    const left = (this.#shares.get(share) ?? 1) - 1;
    if (left > 0) this.#shares.set(share, left);
    else this.#shares.delete(share);
  }
}
