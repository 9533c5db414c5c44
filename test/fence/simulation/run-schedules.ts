import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { schedule, type Schedule } from './schedule.js';
import { simulate, type SimulationResult } from './simulate.js';

Logger.overrideLogger(false);
// Thousands of errors and aborts a second are thrown on purpose; their traces are read by no one and cost more than the errors.
Error.stackTraceLimit = 0;

export interface RunOptions {
  readonly schedules: number;
  readonly seed: number;
  /** One schedule of the seed, as a failure names it. */
  readonly path?: string | undefined;
  readonly shrink?: boolean | undefined;
  /** Violations that begin with this do not count: a spoiled protocol that does not recover is not found by that alone. */
  readonly ignore?: string | undefined;
}

const COUNTED = ['answers', 'hits', 'commits', 'acknowledged', 'happened'] as const;
export type Totals = Record<'schedules' | (typeof COUNTED)[number], number>;

export interface Failure {
  readonly seed: number;
  readonly path: string;
  readonly violations: readonly string[];
  readonly schedule: Schedule;
  readonly timeline: readonly string[];
}

const PROGRESS_MS = 1_000;

/** Ends at the first failure, which is simulated again to tell who did what when. */
export const runSchedules = async (
  options: RunOptions,
  onProgress: (totals: Totals) => void,
): Promise<{ readonly totals: Totals; readonly failure: Failure | null }> => {
  const { schedules, seed, path = '', shrink = false, ignore } = options;
  const totals: Totals = { schedules: 0, answers: 0, hits: 0, commits: 0, acknowledged: 0, happened: 0 };
  let toldAtMs = performance.now();
  const countedOf = ({ violations }: SimulationResult): readonly string[] =>
    violations.filter((violation) => ignore === undefined || !violation.startsWith(ignore));
  const passes = async (one: Schedule): Promise<boolean> => {
    const result = await simulate(one);
    totals.schedules += 1;
    for (const name of COUNTED) totals[name] += result[name];
    if (performance.now() - toldAtMs > PROGRESS_MS) {
      toldAtMs = performance.now();
      onProgress(totals);
    }
    return countedOf(result).length === 0;
  };
  const checked = await fc.check(fc.asyncProperty(schedule, passes), { numRuns: schedules, seed, path, endOnFailure: !shrink });
  const failing = checked.counterexample?.[0];
  if (checked.failed && failing === undefined) throw checked.errorInstance;
  if (failing === undefined) return { totals, failure: null };
  const { violations, timeline } = await simulate(failing, true);
  return { totals, failure: { seed, path: checked.counterexamplePath ?? '', violations, schedule: failing, timeline } };
};
