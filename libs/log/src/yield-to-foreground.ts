import { performance } from 'node:perf_hooks';
import type { Clock } from '@app/ports';

/** A busy process keeps five sixths of its thread for the calls that wait, and gives one sixth to the cascade. */
const BUSY_REST_TIMES = 5;
/** A chunk that waited long behind commands was little work: it must not be followed by seconds of rest. */
const LONGEST_REST_MS = 250;
/** Share of the time in which the event loop had something to do. */
const BUSY_FROM = 0.5;

/**
 * A cascade is bookkeeping that no caller waits for. Without rests it would share the thread equally with validations; with
 * constant rests, a cascade of a million keys would take many minutes on an otherwise idle process.
 */
export const yieldToForeground = async (clock: Clock, tookMs: number, ended: AbortSignal): Promise<void> => {
  const restMs = Math.min(LONGEST_REST_MS, BUSY_REST_TIMES * tookMs);
  const firstMs = restMs / BUSY_REST_TIMES;
  const before = performance.eventLoopUtilization();
  await clock.sleep(firstMs, ended);
  if (performance.eventLoopUtilization(before).utilization >= BUSY_FROM) await clock.sleep(restMs - firstMs, ended);
};
