import { Logger } from '@nestjs/common';
import { FenceAuthority, type FenceAuthorityOptions } from '@app/fence';
import type { Metrics, Readiness } from '@app/platform';

const BUCKETS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1_000, 5_000, 60_000];
const logger = new Logger('fence');

/** Null in a process without metrics and readiness. */
export interface AuthorityObservers {
  readonly metrics: Metrics | null;
  readonly readiness: Readiness | null;
}

const barrierObserver = (metrics: Metrics | null): NonNullable<FenceAuthorityOptions['onBarrier']> => {
  const took = metrics?.durations('keyfence_barrier_ms', 'How long changes waited until no process could answer from before the change.', BUCKETS_MS);
  const timedOutBy = { change: 0, idle: 0 };
  metrics?.counters(
    'keyfence_barriers_timed_out_total',
    'Barriers that ended by waiting for a whole lease, of changes and of idle times.',
    'kind',
    () => timedOutBy,
  );
  return ({ pos, tookMs, timedOut, missing, idle }) => {
    if (!idle) took?.(tookMs);
    if (!timedOut) return;
    timedOutBy[idle ? 'idle' : 'change'] += 1;
    const why = missing > 0 ? `${missing} nodes had not acknowledged` : 'the log could not be read up to there';
    logger.warn(`The barrier at position ${pos} waited for a whole lease (${Math.round(tookMs)} ms): ${why}.`);
  };
};

const startingProblem = (authority: FenceAuthority): string | null => {
  try {
    void authority.changesFeed;
    return null;
  } catch {
    return 'The authority of the fence is starting.';
  }
};

/** A replica of the authority that reports its state. */
export const observedAuthority = (options: FenceAuthorityOptions, { metrics, readiness }: AuthorityObservers): FenceAuthority => {
  const authority = new FenceAuthority({ ...options, onBarrier: barrierObserver(metrics) });
  metrics?.gauge('keyfence_nodes_counted', 'Fence nodes that have joined and not left: those a change waits for.', () => authority.countedNodes.length);
  metrics?.counter('keyfence_registry_failures_total', 'Commits to the registry of nodes that failed; they are tried again.', () => authority.registryFailures);
  readiness?.add('authority', () => startingProblem(authority));
  return authority;
};
