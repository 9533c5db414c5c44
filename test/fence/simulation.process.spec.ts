import { expect, it } from 'vitest';
import { runSimulation, type SimulationReport, toldFailure } from './run-simulation.js';

const MINUTES = 60_000;
const ofEnvironment = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);

/** The same in every run, each size a beginning of the next. */
const FIXED = ofEnvironment('SIM_SCHEDULES', 200);
/** Others in every run. */
const FRESH = ofEnvironment('SIM_FRESH', 100);
/** Beyond what the fixed ones take, whatever their number. */
const FRESH_SEED = ofEnvironment('SIM_SEED', 1_000 + (Date.now() % 1_000_000_000));
/** Each worker has a seed, so that another number of them would be other schedules. */
const WORKERS = 2;
/** Far more than a schedule takes on a machine that does other work too: this ends what hangs. */
const timeoutMs = (schedules: number): number => 2 * MINUTES + schedules * 500;

const run = async (schedules: number, seed: number): Promise<SimulationReport> => {
  const report = await runSimulation(['--schedules', String(schedules), '--seed', String(seed), '--workers', String(WORKERS)]);
  expect(toldFailure(report)).toBe('');
  expect(report.totals.schedules).toBe(schedules);
  return report;
};

it(
  `in ${FIXED} schedules of faults no answer is from before an acknowledged change, and the log is right (I1, I2, I4 to I8, I10 to I12)`,
  async () => {
    const { hits, answers, acknowledged } = (await run(FIXED, 1)).totals;
    // A simulation in which nothing is answered finds nothing wrong.
    expect(Math.min(hits, acknowledged) / FIXED).toBeGreaterThan(2);
    expect(answers / FIXED).toBeGreaterThan(20);
  },
  timeoutMs(FIXED),
);

it.skipIf(FRESH === 0)(
  `nor in ${FRESH} schedules that no run has had before`,
  async () => {
    process.stderr.write(`Fresh schedules, again: npm run simulate -- --schedules ${FRESH} --seed ${FRESH_SEED} --workers ${WORKERS}\n`);
    await run(FRESH, FRESH_SEED);
  },
  timeoutMs(FRESH),
);

it(
  'the same seed does the same again',
  async () => {
    const args = ['--schedules', '30', '--seed', '77', '--workers', '1'];
    const [first, second] = [await runSimulation(args), await runSimulation(args)];
    expect(second).toEqual(first);
  },
  2 * MINUTES,
);
