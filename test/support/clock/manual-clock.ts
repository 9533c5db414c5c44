import { Clock } from '@app/ports';
import { Agenda, type Due } from './agenda.js';

interface Sleeper extends Due {
  readonly wake: () => void;
}

/** Everything that was made ready runs before this resolves. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Both clocks stand still until a test moves them. Each sleeper is woken at its own moment; of two at one moment, the first to sleep is first. */
export class ManualClock extends Clock {
  #mono = 1_000;
  #wall: number;
  #slept = 0;
  readonly #sleepers = new Agenda<Sleeper>();

  constructor(wallMs = Date.UTC(2030, 0, 1)) {
    super();
    this.#wall = wallMs;
  }

  mono(): number {
    return this.#mono;
  }

  wall(): number {
    return this.#wall;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
      this.#slept += 1;
      // One that was woken by its signal stays: to be woken again changes nothing.
      this.#sleepers.add({ at: this.#mono + Math.max(0, ms), order: this.#slept, wake });
    });
  }

  /** Moves both clocks from one sleeper's moment to the next; what each of them does then is done before the clocks move on. */
  async advance(ms: number): Promise<void> {
    const end = this.#mono + ms;
    for (;;) {
      await settled();
      const next = this.#sleepers.first;
      if (next === undefined || next.at > end) break;
      this.#sleepers.takeFirst();
      this.pass(Math.max(0, next.at - this.#mono));
      next.wake();
    }
    this.pass(end - this.#mono);
    await settled();
  }

  /** Time passes and nothing runs: a process that was stopped. */
  pass(ms: number): void {
    this.#mono += ms;
    this.#wall += ms;
  }

  /** The wall clock alone: an operator set it, or the VM slept while the monotonic clock stood still. */
  stepWall(ms: number): void {
    this.#wall += ms;
  }
}
