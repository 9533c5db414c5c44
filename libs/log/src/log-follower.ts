import type { Clock } from '@app/ports';
import type { DecodedCommit } from './codec.js';
import { Deadline, unavailable } from './deadline.js';
import { eventLoopTurn } from './event-loop-turn.js';
import type { LogTail } from './log-tail.js';
import { PositionWaiters } from './position-waiters.js';

export interface FollowerOptions {
  readonly clock: Clock;
  /** Whether a step has something to do now. */
  readonly hasWork: () => boolean;
  /** Does some of the work. If it rejects, it is called again after a pause. */
  readonly step: () => Promise<void>;
  /** Called for each applied commit, in the tick that applies it; returns false if the commit needs no work, so that the follower keeps sleeping. */
  readonly notice?: (commit: DecodedCommit) => boolean;
  /** Pause after a failed step. Doubles with each failure in a row up to `lastRetryMs`; half of it is random, so that replicas do not come back together. */
  readonly retryMs: number;
  readonly lastRetryMs?: number;
  /** A step is called after this time even if nothing was applied; default: it is not. */
  readonly idleMs?: number;
  readonly onFailure: (error: unknown) => void;
}

/** Thrown by a step that must not be retried: the follower ends. */
export class FollowingEnds extends Error {}

/**
 * Follows the log after the tail, one step at a time: it sleeps until a commit is applied, steps while there is work, and pauses after a
 * failure. The caller reports how far the work has come; code that waits for a position waits here.
 */
export class LogFollower {
  readonly #tail: LogTail;
  readonly #options: FollowerOptions;
  readonly #waiters = new PositionWaiters();
  readonly #ending = new AbortController();
  #wake: () => void = () => undefined;
  #unfollow: () => void = () => undefined;
  #following: Promise<void> = Promise.resolve();
  #failures = 0;
  #retryMs: number;

  constructor(tail: LogTail, options: FollowerOptions) {
    this.#tail = tail;
    this.#options = options;
    this.#retryMs = options.retryMs;
  }

  /** Since the start; each failed step was or will be tried again. */
  get failures(): number {
    return this.#failures;
  }

  /** Aborts when the follower is told to stop: a step that sleeps passes it on. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** The tail must have started. */
  start(): void {
    const { notice = () => true } = this.#options;
    this.#unfollow = this.#tail.onApply((commit) => {
      if (notice(commit)) this.#wake();
    });
    this.#following = this.#follow();
  }

  /**
   * Resolves when the current step has ended; callers that still wait get UNAVAILABLE. `last` runs after that step, in the tick
   * in which commits cease to be noticed: what it reads has missed none of them.
   */
  async stop(last: () => void = () => {}): Promise<void> {
    this.#ending.abort();
    this.#wake();
    await this.#following;
    last();
    this.#unfollow();
    this.#waiters.fail(unavailable('The log is no longer followed.'));
  }

  /** Called after progress: wakes the callers that wait for `pos`, and resets the count of failures. */
  reached(pos: number): void {
    this.#retryMs = this.#options.retryMs;
    this.#waiters.reached(pos);
  }

  /** Resolves at `reached(pos)`; rejects with UNAVAILABLE when that takes longer than `deadlineMs`. */
  waitFor(pos: number, deadlineMs: number): Promise<void> {
    if (this.#ending.signal.aborted) return Promise.reject(unavailable('The log is no longer followed.'));
    this.#tail.doorbell();
    return this.#waiters.wait(pos, new Deadline(this.#options.clock, deadlineMs));
  }

  async #follow(): Promise<void> {
    const { hasWork, step } = this.#options;
    while (!this.#ending.signal.aborted) {
      if (!hasWork()) await this.#sleep();
      if (this.#ending.signal.aborted) return;
      try {
        await step();
      } catch (error) {
        if (error instanceof FollowingEnds) return;
        await this.#pause(error);
      }
      // Validations run between two steps; commits of one turn share a step.
      await eventLoopTurn();
    }
  }

  #sleep(): Promise<void> {
    const { clock, idleMs } = this.#options;
    const woken = new AbortController();
    return new Promise((resolve) => {
      this.#wake = () => {
        woken.abort();
        resolve();
      };
      if (idleMs !== undefined) void clock.sleep(idleMs, woken.signal).then(resolve);
    });
  }

  async #pause(error: unknown): Promise<void> {
    if (this.#ending.signal.aborted) return;
    const { clock, onFailure, lastRetryMs } = this.#options;
    this.#failures += 1;
    onFailure(error);
    const spread = lastRetryMs === undefined ? 1 : 0.5 + Math.random();
    await clock.sleep(this.#retryMs * spread, this.#ending.signal);
    if (lastRetryMs !== undefined) this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 2);
  }
}
