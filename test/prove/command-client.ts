import type { HeaderLines, Method } from '@test/support/clients/backend-api.js';
import type { TimedAnswer } from '@test/support/clients/http-connection.js';
import { ConnectedBackendApi, type Target } from '@test/support/clients/connected-backend-api.js';

/** Of a command that was repeated until it was decided: from the first question to the last answer. */
export interface Decided {
  readonly status: number;
  readonly text: string;
  readonly invokedAt: number;
  readonly completedAt: number;
  readonly attempts: number;
  /** Of the attempt that was answered. */
  readonly lastMs: number;
}

/** Beyond it a command is lost for good, which is not promised, but must not happen. */
const GIVE_UP_MS = 90_000;
const PAUSE_MS = 100;

const isUndecided = ({ status }: TimedAnswer): boolean => status === 0 || status === 502 || status === 503;
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** A client that repeats whatever was not decided, as a careful one does. */
export class CommandClient extends ConnectedBackendApi {
  readonly #isOver: () => boolean;
  readonly numbers = { commands: 0, undecided: 0, longestAttemptMs: 0 };

  constructor(
    target: Target,
    readonly name: string,
    isOver: () => boolean,
  ) {
    super(target);
    this.#isOver = isOver;
  }

  /** For what must not be repeated: the answer as it is, whatever it is. */
  async once(method: Method, path: string, body: unknown): Promise<TimedAnswer> {
    this.numbers.commands += 1;
    const answer = await this.call(method, path, body);
    if (isUndecided(answer)) this.numbers.undecided += 1;
    return answer;
  }

  /** Null if the run ended, or it was not decided within a minute and a half. */
  async decide(method: Method, path: string, body?: unknown, idempotencyKey?: string): Promise<Decided | null> {
    const headers: HeaderLines = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    this.numbers.commands += 1;
    const invokedAt = performance.now();
    for (let attempts = 1; ; attempts += 1) {
      const answer = await this.call(method, path, body, headers);
      const lastMs = answer.completedAt - answer.invokedAt;
      this.numbers.longestAttemptMs = Math.max(this.numbers.longestAttemptMs, lastMs);
      if (!isUndecided(answer)) return { status: answer.status, text: answer.text, invokedAt, completedAt: answer.completedAt, attempts, lastMs };
      this.numbers.undecided += 1;
      if (this.#isOver() || answer.completedAt - invokedAt > GIVE_UP_MS) return null;
      await pause(PAUSE_MS);
    }
  }
}
