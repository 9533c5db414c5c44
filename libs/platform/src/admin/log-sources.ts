import { Deadline, type LogTail } from '@app/log';
import type { Clock, EventLog } from '@app/ports';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

const ANSWER_WITHIN_MS = 1_000;

export interface ObservedLog {
  readonly log: Pick<EventLog, 'readHead'>;
  readonly tail: Pick<LogTail, 'started' | 'applied'>;
  readonly clock: Clock;
}

/** The newest position in the store. A store that hangs gets no second query, and no caller waits longer than the deadline. */
class StoredHead {
  readonly #observed: ObservedLog;
  #asking: Promise<number> | null = null;

  constructor(observed: ObservedLog) {
    this.#observed = observed;
  }

  /** Null if the store failed or did not answer in time. */
  async read(): Promise<number | null> {
    this.#asking ??= this.#ask();
    try {
      return await new Deadline(this.#observed.clock, ANSWER_WITHIN_MS).race(this.#asking, 'The log did not answer in time.');
    } catch {
      return null;
    }
  }

  async #ask(): Promise<number> {
    try {
      return (await this.#observed.log.readHead())?.pos ?? 0;
    } finally {
      this.#asking = null;
    }
  }
}

/** For a process that follows the log. */
export const observeLog = (metrics: Metrics, readiness: Readiness, observed: ObservedLog): void => {
  const { tail } = observed;
  const stored = new StoredHead(observed);
  const orAbsent = `absent when the store does not answer within ${ANSWER_WITHIN_MS} ms`;
  metrics.gauge('keyfence_log_head', `Position of the newest commit in the store, read when asked; ${orAbsent}.`, () => stored.read());
  metrics.gauge('keyfence_log_applied', 'Position up to which this process has applied the log.', () => tail.applied);
  metrics.gauge('keyfence_log_lag', `Commits in the store that this process has not applied; ${orAbsent}.`, async () => {
    const head = await stored.read();
    return head === null ? null : Math.max(0, head - tail.applied);
  });
  readiness.add('log', async () => {
    if (!tail.started) return 'The log is not followed yet.';
    return (await stored.read()) === null ? `The log did not answer within ${ANSWER_WITHIN_MS} ms.` : null;
  });
};

/** For a follower of the log with a position of its own: a read model, or the cascade. */
export const observeProjection = (metrics: Metrics, name: string, lag: () => number): void =>
  metrics.partOfGauge('keyfence_projection_lag', 'Applied commits that the follower of the log has yet to take.', 'projection', name, lag);
