import { Agenda, type Due } from '@test/support/clock/agenda.js';
import type { Life } from './machine.js';

interface Scheduled extends Due {
  /** Whose code runs; null for the world's own, which is never stopped. */
  readonly life: Life | null;
  readonly run: () => void;
}

/** Kept from before `takeOver`: a turn of the real event loop runs every promise that is ready. */
const realTurn = globalThis.setImmediate;
const untilNothingIsReady = (): Promise<void> => new Promise((resolve) => void realTurn(resolve));

/** Times are whole multiples of it, so that sums and differences of them are exact: a wait that falls short by a rounding would be asked for again forever. */
const TICKS_PER_MS = 1_024;
export const toWholeTicks = (ms: number): number => Math.ceil(Math.max(0, ms) * TICKS_PER_MS) / TICKS_PER_MS;

/**
 * Virtual time, and the only source of order: one thing happens at a time, and all that follows from it without waiting is done
 * before the next. So a run follows from its seed alone.
 */
export class Scheduler {
  readonly #agenda = new Agenda<Scheduled>();
  #now = 0;
  #count = 0;
  #running: Life | null = null;
  /** Called after each thing that happened in a process. */
  onSettled: (life: Life) => void = () => {};

  /** Milliseconds since the beginning of the world. */
  get now(): number {
    return this.#now;
  }

  get happened(): number {
    return this.#count;
  }

  later(ms: number, life: Life | null, run: () => void): void {
    this.#count += 1;
    this.#agenda.add({ at: this.#now + toWholeTicks(ms), order: this.#count, life, run });
  }

  /** From now on `setImmediate` is a thing that happens in the process which asks for it. Returns how to give it back. */
  takeOver(): () => void {
    const turn = (run: (...args: unknown[]) => void, ...args: unknown[]): void => this.later(0, this.#running, () => run(...args));
    globalThis.setImmediate = Object.assign(turn, { __promisify__: realTurn.__promisify__ }) as unknown as typeof setImmediate;
    return () => {
      globalThis.setImmediate = realTurn;
    };
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#agenda.first; next !== undefined && next.at <= end; next = this.#agenda.first) {
      this.#agenda.takeFirst();
      this.#now = Math.max(this.#now, next.at);
      await this.#happen(next);
    }
    this.#now = end;
  }

  async #happen(next: Scheduled): Promise<void> {
    const { life } = next;
    if (life === null) {
      next.run();
      return;
    }
    if (!life.alive) return;
    if (life.machine.isStopped) {
      // Its order stays: what came while the process was stopped is handled in the order in which it came.
      next.at = life.machine.stoppedUntil;
      this.#agenda.add(next);
      return;
    }
    this.#running = life;
    next.run();
    await untilNothingIsReady();
    this.#running = null;
    this.onSettled(life);
  }
}
