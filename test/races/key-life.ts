import { type Call, racesWith, type Violation, violationsOf } from '@test/support/races/history.js';
import { causesOf, type RaceKey } from '@test/support/races/race-keys.js';
import { reportOf } from '@test/support/races/timeline.js';

/** One key from its creation on, with every call that was about it. */
export class KeyLife {
  readonly key: RaceKey;
  readonly #commands: Call[];
  #validations: Call[] = [];
  #awaited: { readonly count: number; readonly resolve: () => void } | null = null;
  #seenSince = 0;
  #since = 0;
  #acknowledgedAt = Infinity;

  constructor(key: RaceKey, creation: Call) {
    this.key = key;
    this.#commands = [creation];
  }

  get denials(): readonly Call[] {
    return this.#commands.filter(({ op }) => op === 'deny');
  }

  denied(denial: Call): void {
    this.#commands.push(denial);
    if (denial.outcome === 'done') this.#acknowledgedAt = Math.min(this.#acknowledgedAt, denial.completedAt);
  }

  validated(call: Call): void {
    this.#validations.push(call);
    if (call.invokedAt < this.#since) return;
    this.#seenSince += 1;
    if (this.#awaited !== null && this.#seenSince >= this.#awaited.count) this.#awaited.resolve();
  }

  /** Resolves after `count` validations that began from now on. */
  validations(count: number): Promise<void> {
    this.#since = performance.now();
    this.#seenSince = 0;
    if (count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#awaited = { count, resolve };
    });
  }

  /** Judges what came since the last time, and keeps none of it: a dead key may be asked forever. */
  judge(seed: number): readonly Call[] {
    const validations = this.#validations;
    this.#validations = [];
    const calls = [...this.#commands, ...validations];
    const violations: readonly Violation[] = violationsOf(this.key.id, causesOf(this.key.kind, this.key.id, this.key.owner), calls);
    if (violations.length > 0) throw new Error(`${this.key.kind} key: ${reportOf(violations, calls, seed)}`);
    return validations;
  }

  racing(validations: readonly Call[]): number {
    return validations.filter((call) => racesWith(call, this.denials)).length;
  }

  beganAfterAcknowledgement(validations: readonly Call[]): number {
    return validations.filter(({ invokedAt }) => invokedAt > this.#acknowledgedAt).length;
  }
}
