import type { Deadline } from './deadline.js';
import { unavailable } from './deadline.js';

interface Waiter {
  readonly pos: number;
  resolve(): void;
  reject(error: Error): void;
}

/** The callers that wait until something has reached a position of the log. */
export class PositionWaiters {
  readonly #waiters = new Set<Waiter>();

  /** Rejects with UNAVAILABLE if the deadline passes first. */
  wait(pos: number, deadline: Deadline): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        pos,
        resolve: () => {
          cancel();
          resolve();
        },
        reject: (error) => {
          cancel();
          reject(error);
        },
      };
      const cancel = deadline.whenPassed(() => {
        this.#waiters.delete(waiter);
        reject(unavailable(`Position ${pos} of the log was not reached in time.`));
      });
      this.#waiters.add(waiter);
    });
  }

  reached(pos: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.pos > pos) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  fail(error: Error): void {
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
  }
}
