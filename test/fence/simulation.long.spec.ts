import { expect, it } from 'vitest';
import { runSimulation, toldFailure } from './run-simulation.js';

const MINUTES = 60_000;
const SCHEDULES = 10_000;

it(`in ${SCHEDULES} schedules of faults no answer is from before an acknowledged change, and the log is right (I1, I2, I4 to I8, I10 to I12)`, async () => {
  const report = await runSimulation(['--schedules', String(SCHEDULES), '--seed', '1', '--workers', '2']);
  expect(toldFailure(report)).toBe('');
  expect(report.totals.schedules).toBe(SCHEDULES);
  // A simulation in which nothing is answered finds nothing wrong.
  const { hits, answers, acknowledged } = report.totals;
  expect(Math.min(hits, acknowledged) / SCHEDULES).toBeGreaterThan(2);
  expect(answers / SCHEDULES).toBeGreaterThan(20);
}, 14 * MINUTES);

it('the same seed does the same again', async () => {
  const args = ['--schedules', '30', '--seed', '77', '--workers', '1'];
  const [first, second] = [await runSimulation(args), await runSimulation(args)];
  expect(second).toEqual(first);
}, 2 * MINUTES);
