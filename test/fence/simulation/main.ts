import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { schedule, type Schedule } from './schedule.js';
import { simulate, type SimulationResult } from './simulate.js';

// One process of the simulation: runs schedules and says on stdout, as JSON lines, how far it is and what it found.
Logger.overrideLogger(false);
// Thousands of errors and aborts a second are thrown on purpose; nobody reads where.
Error.stackTraceLimit = 0;

const { values } = parseArgs({
  options: { schedules: { type: 'string' }, seed: { type: 'string' }, shrink: { type: 'boolean', default: false }, path: { type: 'string', default: '' }, ignore: { type: 'string', default: '-' } },
});
const numRuns = Number(values.schedules ?? 1_000);
const seed = Number(values.seed ?? 1);

const totals = { schedules: 0, answers: 0, hits: 0, commits: 0, acknowledged: 0, happened: 0 };
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
let saidAtMs = performance.now();

/** A spoiled protocol that does not recover is not found by that alone. */
const countedOf = ({ violations }: SimulationResult): readonly string[] => violations.filter((violation) => !violation.startsWith(values.ignore));

const passes = async (one: Schedule): Promise<boolean> => {
  const result = await simulate(one);
  totals.schedules += 1;
  for (const name of ['answers', 'hits', 'commits', 'acknowledged', 'happened'] as const) totals[name] += result[name];
  if (performance.now() - saidAtMs > 1_000) {
    saidAtMs = performance.now();
    say({ progress: totals });
  }
  return countedOf(result).length === 0;
};

const checked = await fc.check(fc.asyncProperty(schedule, passes), { numRuns, seed, path: values.path, endOnFailure: !values.shrink });
const failing = checked.counterexample?.[0];
if (checked.failed && failing === undefined) throw checked.errorInstance;
const replayed = failing === undefined ? null : await simulate(failing, true);
say({
  totals,
  failure: replayed === null ? null : { seed, path: checked.counterexamplePath, violations: replayed.violations, schedule: failing, timeline: replayed.timeline },
});
