import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

/** What a fence node reports about itself (libs/fence, which this folder does not know). */
export interface ObservedNode {
  leased(): boolean;
  leaseRemainingMs(): number;
  counters(): {
    readonly putRefused: { readonly belowFloor: number; readonly olderThanChange: number };
    readonly undecided: number;
    readonly lookUpsInFlight: number;
    readonly fills: number;
    readonly strongReads: number;
    readonly cacheHits: number;
    readonly cacheMisses: number;
    readonly cacheRefused: number;
    readonly renewFailures: number;
    readonly records: number;
    readonly applied: number;
  };
}

/** For a process that answers from memory under a lease. */
export const observeFenceNode = (metrics: Metrics, readiness: Readiness, node: ObservedNode): void => {
  metrics.gauge('keyfence_lease_remaining_ms', 'How long this process may still answer from memory without a renewal; 0 if it may not.', () =>
    Math.floor(node.leaseRemainingMs()),
  );
  metrics.gauge('keyfence_records', 'Records in memory: keys and what verdicts on them read.', () => node.counters().records);
  metrics.gauge('keyfence_node_applied', 'Position up to which renewals have told this process of changes.', () => node.counters().applied);
  metrics.gauge('keyfence_look_ups_in_flight', 'Questions that memory could not answer and that are being asked.', () => node.counters().lookUpsInFlight);
  metrics.counters('keyfence_put_refused_total', 'Records not taken into memory because something may have changed after they were read.', 'reason', () => {
    const { belowFloor, olderThanChange } = node.counters().putRefused;
    return { below_floor: belowFloor, older_than_change: olderThanChange };
  });
  metrics.counter('keyfence_undecided_total', 'Questions that could not be decided and got 503.', () => node.counters().undecided);
  metrics.counter('keyfence_fills_total', 'Questions for records, sent to the authority.', () => node.counters().fills);
  metrics.counter('keyfence_strong_reads_total', 'Questions at a fresh head of the log, sent to the authority.', () => node.counters().strongReads);
  metrics.counters('keyfence_cache_reads_total', 'Records looked for in the cache that nodes share.', 'outcome', () => {
    const { cacheHits: hit, cacheMisses: miss, cacheRefused: refused } = node.counters();
    return { hit, miss, refused };
  });
  metrics.counter('keyfence_renew_failures_total', 'Renewals of the lease that got no answer.', () => node.counters().renewFailures);
  readiness.add('lease', () => (node.leased() ? null : 'This process holds no lease: it may answer nothing from memory.'));
};
