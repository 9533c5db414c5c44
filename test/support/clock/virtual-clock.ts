import { Clock } from '@app/ports';

interface Sleeper {
  readonly atMono: number;
  readonly wake: () => void;
}

/** Everything that was made ready runs before this resolves. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that moves only when a test says so; whoever sleeps is woken at its own moment, in order. */
export class VirtualClock extends Clock {
  #mono = 1_000;
  #wall = Date.UTC(2030, 0, 1);
  #sleepers: Sleeper[] = [];

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
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { atMono: this.#mono + Math.max(0, ms), wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  async advance(ms: number): Promise<void> {
    const end = this.#mono + ms;
    for (;;) {
      await settled();
      const next = this.#sleepers.reduce<Sleeper | null>((first, one) => (first === null || one.atMono < first.atMono ? one : first), null);
      if (next === null || next.atMono > end) break;
      this.pass(Math.max(0, next.atMono - this.#mono));
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

  /** The wall clock alone: somebody set it, or the VM slept while the monotonic clock stood still. */
  stepWall(ms: number): void {
    this.#wall += ms;
  }
}
