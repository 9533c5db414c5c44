import type { Clock } from '@app/ports';
import type { Command, Outcome } from './command.js';
import { Deadline, unavailable } from './deadline.js';

const DEFAULT_DEADLINE_MS = 10_000;

/** A command without an answer yet, or with only the one of its deadline. */
export class PendingCommand {
  readonly command: Command;
  readonly arrivedAtMono: number;
  readonly deadline: Deadline;
  readonly answered: Promise<Outcome>;
  /** A probe that started after this command arrived is applied: every later local head is fresh enough for it. */
  probed = false;
  /** Tags held in memory until this command is answered. */
  readonly pinned = new Set<string>();
  #settled = false;
  #settle: { resolve(outcome: Outcome): void; reject(error: unknown): void };
  readonly #cancelDeadline: () => void;

  constructor(command: Command, clock: Clock, onSettled: (pending: PendingCommand) => void) {
    this.command = command;
    this.arrivedAtMono = clock.mono();
    this.deadline = new Deadline(clock, command.deadlineMs ?? DEFAULT_DEADLINE_MS);
    this.#settle = { resolve: () => undefined, reject: () => undefined };
    this.answered = new Promise((resolve, reject) => {
      const once = (act: () => void) => {
        if (this.#settled) return;
        this.#settled = true;
        this.#cancelDeadline();
        act();
        onSettled(this);
      };
      this.#settle = { resolve: (outcome) => once(() => resolve(outcome)), reject: (error) => once(() => reject(error)) };
    });
    this.#cancelDeadline = this.deadline.whenPassed(() => this.expire());
  }

  get settled(): boolean {
    return this.#settled;
  }

  resolve(outcome: Outcome): void {
    this.#settle.resolve(outcome);
  }

  expire(): void {
    this.reject(unavailable('The command was not decided in time.'));
  }

  reject(error: unknown): void {
    this.#settle.reject(error);
  }
}
