import { isQuery, type Subject } from '@app/messages';
import { Refusal } from '@app/domain';
import type { Metrics } from './admin/metrics.js';

const BUCKETS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 1_000, 5_000, 65_000];

/** A closed set: `done`, a refusal's code, or `failed` for a fault of ours. */
const outcomeOf = (error: unknown): string => (error instanceof Refusal ? error.code.toLowerCase() : 'failed');

/** How commands ended and how long they took, by use case. The edge counts queries. */
export class CountedCommands {
  readonly #count: (...values: readonly string[]) => void;
  readonly #took: (ms: number, ...values: readonly string[]) => void;

  constructor(metrics: Metrics) {
    this.#count = metrics.occurrences('keyfence_commands_total', 'Commands by use case and outcome.', ['command', 'outcome']);
    this.#took = metrics.durations('keyfence_command_ms', 'How long commands took, including their wait for the fence.', BUCKETS_MS, ['command']);
  }

  /** Null for a query. */
  begin(subject: Subject): { done(): void; failed(error: unknown): void } | null {
    if (isQuery(subject)) return null;
    const began = performance.now();
    const end = (outcome: string): void => {
      this.#count(subject, outcome);
      this.#took(performance.now() - began, subject);
    };
    return { done: () => end('done'), failed: (error) => end(outcomeOf(error)) };
  }
}
