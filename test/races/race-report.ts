import { appendFileSync } from 'node:fs';

const PROGRESS_EVERY_MS = 3_000;
let nextProgressAt = 0;

const reportFile = process.env['RACES_REPORT'];

/** In the long form only: a line every few seconds, so that a long run is seen to go on. */
export const progress = (line: () => string): void => {
  if (reportFile === undefined || performance.now() < nextProgressAt) return;
  nextProgressAt = performance.now() + PROGRESS_EVERY_MS;
  process.stdout.write(`${line()}\n`);
};

/** What a race has seen, as one line under its name; the long form collects them (scripts/races.mjs). */
export const printNumbers = (race: string, numbers: Readonly<Record<string, number>>): void => {
  const all = Object.entries(numbers).map(([name, value]) => `${name} ${value.toLocaleString('en')}`);
  process.stdout.write(`${race}: ${all.join(', ')}\n`);
  if (reportFile !== undefined) appendFileSync(reportFile, `${JSON.stringify({ race, numbers })}\n`);
};
