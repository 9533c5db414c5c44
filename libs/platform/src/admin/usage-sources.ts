import type { UsageCounter } from '../usage-counter.js';
import type { Metrics } from './metrics.js';

/** What the counter of usage counts for itself, reported when a scraper asks. */
export const observeUsage = (metrics: Metrics, usage: UsageCounter): void => {
  metrics.counter('keyfence_usage_flushes_total', 'Messages of usage counts sent.', () => usage.flushes);
  metrics.counter('keyfence_usage_flush_failures_total', 'Messages of usage counts that were not accepted; they are sent again.', () => usage.failedFlushes);
  metrics.gauge('keyfence_usage_keys', 'Keys whose usage is counted in memory at present.', () => usage.size);
};
