import { waitForFence } from '@app/fence';
import { ChangeFence } from '@app/platform';
import type { Clock } from '@app/ports';

/**
 * The fence of a process that cannot reach the authority: it waits until no lease can be older than the change. If no server
 * runs, there is no lease. It checks after the append, because a server that starts later reads the change from the log.
 */
export class LeaseWait extends ChangeFence {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #serverRuns: () => boolean;
  readonly #note: (text: string) => void;

  constructor(clock: Clock, leaseMs: number, serverRuns: () => boolean, note: (text: string) => void) {
    super();
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.#serverRuns = serverRuns;
    this.#note = note;
  }

  async waitForFence(_pos: number, _names: readonly string[], sinceMono: number): Promise<void> {
    if (!this.#serverRuns()) return;
    this.#note(`Written. Waiting ${this.#leaseMs / 1_000} s, until no server can answer from before it …`);
    await waitForFence(this.#clock, this.#leaseMs, sinceMono, () => new Promise(() => {}));
  }
}
