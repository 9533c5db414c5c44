import { Clock } from '@app/ports';

/** Both clocks stand still until the test moves them. */
export class ManualClock extends Clock {
  #mono = 0;
  #wall: number;
  readonly #sleepers = new Set<{ readonly untilMono: number; wake(): void }>();

  constructor(wallMs = 1_700_000_000_000) {
    super();
    this.#wall = wallMs;
  }

  mono(): number {
    return this.#mono;
  }

  wall(): number {
    return this.#wall;
  }

  setWall(ms: number): void {
    this.#wall = ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { untilMono: this.#mono + ms, wake: () => { this.#sleepers.delete(sleeper); resolve(); } };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
      if (signal?.aborted === true) sleeper.wake();
    });
  }

  /** Moves both clocks and lets those who slept go on. */
  async advance(ms: number): Promise<void> {
    this.#mono += ms;
    this.#wall += ms;
    for (const sleeper of this.#sleepers) if (sleeper.untilMono <= this.#mono) sleeper.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
