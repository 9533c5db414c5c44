import type { Clock } from '@app/ports';
import type { ObservedNode } from './fence-node-sources.js';

const LOOK_EVERY_MS = 1_000;

export interface WatchLog {
  warn(text: string): void;
}

/**
 * Logs what a node only counts. It checks once a second, so that an outage is one line a second and not one per request,
 * and the requests pay nothing for it. A lease that is missing for less than that is not logged: a process that was paused for a moment
 * finds its lease expired and renews it at once.
 */
export class FenceNodeWatch {
  readonly #node: Pick<ObservedNode, 'leased' | 'counters'>;
  readonly #clock: Clock;
  readonly #log: WatchLog;
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #undecided = 0;
  /** Null: it is there. */
  #lostSinceMono: number | null = null;
  #said = false;

  constructor(node: Pick<ObservedNode, 'leased' | 'counters'>, clock: Clock, log: WatchLog) {
    this.#node = node;
    this.#clock = clock;
    this.#log = log;
  }

  /** After the node's own start. */
  start(): void {
    this.#running = this.#run();
  }

  /** Before the node's own stop, which gives the lease up on purpose. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#lookAtLease();
      this.#lookAtUndecided();
      await this.#clock.sleep(LOOK_EVERY_MS, this.#stopped.signal);
    }
  }

  #lookAtLease(): void {
    const lostSince = this.#lostSinceMono;
    if (this.#node.leased()) {
      if (lostSince !== null && this.#said) this.#log.warn(`The lease is back after about ${Math.round(this.#clock.mono() - lostSince)} ms.`);
      this.#lostSinceMono = null;
      this.#said = false;
    } else if (lostSince === null) {
      this.#lostSinceMono = this.#clock.mono();
    } else if (!this.#said) {
      this.#said = true;
      this.#log.warn('There is no lease: until it is back, this process answers nothing from memory.');
    }
  }

  #lookAtUndecided(): void {
    const { undecided } = this.#node.counters();
    const more = undecided - this.#undecided;
    this.#undecided = undecided;
    if (more > 0) this.#log.warn(`${more} questions could not be decided and got 503; ${undecided} since the start.`);
  }
}
