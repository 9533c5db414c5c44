import type { PinoLogger } from './logging.js';

interface Step {
  readonly name: string;
  readonly stop: () => void | Promise<void>;
}

/**
 * What a process starts, in order, with the opposite of each step beside it. `stop` reads the list backwards, so what is written once is
 * the order of both: intake is the last step and closes first, and what others depend on is one of the first and closes late.
 */
export class Lifecycle {
  readonly #steps: Step[] = [];
  #stopping: Promise<void> | null = null;

  constructor(private readonly log: PinoLogger) {}

  /**
   * Runs one step. `stop` gets what `start` returned, and is remembered only when `start` succeeds: a step that fails cleans up after itself.
   * Returns what `start` returned.
   */
  async start<Started>(name: string, start: () => Started | Promise<Started>, stop: (started: Started) => void | Promise<void>): Promise<Started> {
    const started = await start();
    this.#steps.push({ name, stop: () => stop(started) });
    this.log.debug({ context: 'lifecycle', step: name }, 'A step has started.');
    return started;
  }

  /** Stops all steps, the last first; a second call waits for the first. A step that fails does not keep the others from stopping; rejects with the first error. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Returns what `starting` returns. If it fails, stops what had started and rejects with the reason of the failure. */
  async orStop<Started>(starting: () => Promise<Started>): Promise<Started> {
    try {
      return await starting();
    } catch (error) {
      // The reason of the failed start is what the operator must read; a stop that fails after it is in the log.
      await this.stop().catch(() => undefined);
      throw error;
    }
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const { name, stop } of this.#steps.toReversed()) {
      try {
        await stop();
        this.log.debug({ context: 'lifecycle', step: name }, 'A step has stopped.');
      } catch (err) {
        failures.push(err);
        this.log.error({ context: 'lifecycle', step: name, err }, 'A step failed to stop.');
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
