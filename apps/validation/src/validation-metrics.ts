import type { Metrics } from '@app/platform';
import type { UsageCounter } from './usage-counter.js';
import type { ValidationCounts } from './validation-counts.js';

/** What validations count for themselves, told when somebody asks. */
export const observeValidations = (metrics: Metrics, counts: Readonly<ValidationCounts>, usage: UsageCounter): void => {
  metrics.counters('keyfence_validations_total', 'Validations by how they ended.', 'outcome', () => {
    const { lookedUp: _, tooLarge, ...others } = counts;
    return { ...others, too_large: tooLarge };
  });
  metrics.counter('keyfence_validations_looked_up_total', 'Validations that memory alone could not answer.', () => counts.lookedUp);
  metrics.counter('keyfence_usage_flushes_total', 'Messages of usage counts sent.', () => usage.flushes);
  metrics.counter('keyfence_usage_flush_failures_total', 'Messages of usage counts that were not taken; they are sent again.', () => usage.failedFlushes);
  metrics.gauge('keyfence_usage_keys', 'Keys whose usage is counted in memory at present.', () => usage.size);
};
