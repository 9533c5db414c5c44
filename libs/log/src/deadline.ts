import { Refusal } from '@app/domain';
import type { Clock } from '@app/ports';

export const unavailable = (message: string): Refusal => new Refusal('UNAVAILABLE', { message });

/** A budget of milliseconds on the monotonic clock, counted from its creation. */
export class Deadline {
  readonly #clock: Clock;
  readonly #endsAtMono: number;

  constructor(clock: Clock, budgetMs: number) {
    this.#clock = clock;
    this.#endsAtMono = clock.mono() + budgetMs;
  }

  get leftMs(): number {
    return Math.max(0, this.#endsAtMono - this.#clock.mono());
  }

  get passed(): boolean {
    return this.leftMs === 0;
  }

  /** Calls `act` when the time is over, unless the returned function is called first. */
  whenPassed(act: () => void): () => void {
    const ended = new AbortController();
    void this.#clock.sleep(this.leftMs, ended.signal).then(() => {
      if (!ended.signal.aborted) act();
    });
    // With a reason: without one, each abort builds an error with a stack, and every command has a deadline.
    return () => ended.abort(null);
  }

  /** Settles as `work` does, or rejects with UNAVAILABLE when the time is over; `work` itself continues. */
  race<T>(work: Promise<T>, message: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.whenPassed(() => reject(unavailable(message)));
      work.then(resolve, reject).finally(cancel);
    });
  }
}
