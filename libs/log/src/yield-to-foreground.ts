import { performance } from 'node:perf_hooks';
import type { Clock } from '@app/ports';

/** A busy process keeps five parts of its thread for what callers wait for, and gives one to the cascade. */
const BUSY_REST_TIMES = 5;
/** A chunk that waited long behind commands was little work: it must not be followed by seconds of rest. */
const LONGEST_REST_MS = 250;
/** Share of the time in which the event loop had something to do. */
const BUSY_FROM = 0.5;

/**
 * A cascade is bookkeeping that no caller waits for. Without rests it would share the thread with validations half and half; with
 * them always, a cascade of a million keys would take many minutes on a process that has nothing else to do.
 */
export const yieldToForeground = async (clock: Clock, tookMs: number, ended: AbortSignal): Promise<void> => {
  const restMs = Math.min(LONGEST_REST_MS, BUSY_REST_TIMES * tookMs);
  const firstMs = restMs / BUSY_REST_TIMES;
  const before = performance.eventLoopUtilization();
  await clock.sleep(firstMs, ended);
  if (performance.eventLoopUtilization(before).utilization >= BUSY_FROM) await clock.sleep(restMs - firstMs, ended);
};
