import type { Clock } from '@app/ports';
import type { PendingCommand } from './pending-command.js';

/**
 * Commands ready to be decided. Background ones go when no other waits, and one that has waited longer than `backgroundWaitMs` goes
 * between two batches of others: never two in a row while others wait, so that no command is held up by more than one of them.
 */
export class CommandQueue {
  readonly #clock: Clock;
  readonly #backgroundWaitMs: number;
  #foreground: PendingCommand[] = [];
  #background: PendingCommand[] = [];
  #lastWasBackground = false;

  constructor(clock: Clock, backgroundWaitMs: number) {
    this.#clock = clock;
    this.#backgroundWaitMs = backgroundWaitMs;
  }

  get isEmpty(): boolean {
    return this.#foreground.length + this.#background.length === 0;
  }

  add(pending: PendingCommand): void {
    if (isBackground(pending)) this.#background.push(pending);
    else this.#foreground.push(pending);
  }

  /** Ahead of all commands that arrived in the meantime. */
  putBack(pending: readonly PendingCommand[]): void {
    this.#foreground.unshift(...pending.filter((one) => !isBackground(one)));
    this.#background.unshift(...pending.filter(isBackground));
  }

  /** The next batch: at most `limit` commands, or one background command by itself. */
  take(limit: number): readonly PendingCommand[] {
    this.#lastWasBackground = this.#foreground.length === 0 || (!this.#lastWasBackground && this.#backgroundIsOverdue);
    return this.#lastWasBackground ? this.#background.splice(0, 1) : this.#foreground.splice(0, limit);
  }

  get #backgroundIsOverdue(): boolean {
    const [oldest] = this.#background;
    return oldest !== undefined && this.#clock.mono() - oldest.arrivedAtMono > this.#backgroundWaitMs;
  }
}

const isBackground = ({ command }: PendingCommand): boolean => command.background === true;
