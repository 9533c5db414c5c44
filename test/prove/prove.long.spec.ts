import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { prove, type ProofReport } from './proof.js';
import { reportText } from './report.js';
import { buildSpoiled, mutantCalled } from './spoiled-build.mjs';

const ROOT = join(import.meta.dirname, '../..');
/** Far more than it takes on a machine that does nothing else: this ends what hangs. */
const TIMEOUT_MS = 30 * 60_000;
const seed = Number(process.env['PROVE_SEED'] ?? Date.now() % 1_000_000);
/** It ends when the mistake is found, which takes seconds; some are found only when a process is stopped at the right moment. */
const MINUTES_TO_FIND = 6;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const spoiled: { readonly remove: () => void }[] = [];

afterAll(() => { for (const { remove } of spoiled) remove(); });

const foundIn = async (mutant: string, only: string): Promise<ProofReport> => {
  const build = buildSpoiled(mutantCalled(mutant), join(ROOT, 'dist'));
  spoiled.push(build);
  return prove({ seed, minutes: MINUTES_TO_FIND, only, untilFound: true, distDir: build.distDir, say: () => undefined });
};

describe('four services on MongoDB, NATS and Redis', () => {
  it('keep their promise under every fault of the list, and recover from each', async () => {
    const report = await prove({ seed, minutes: 4, say });
    say(reportText(report, 'of this folder'));
    expect(report.violations).toEqual([]);
    expect(report.load.rightAfter).toBeGreaterThan(500);
    expect(Math.min(report.visitors.good, report.visitors.over)).toBeGreaterThan(100);
    expect(report.visitors.ends).toBeGreaterThan(10);
    expect(report.packets?.hits).toBeGreaterThan(100);
  }, TIMEOUT_MS);
});

describe('the proof finds', () => {
  it.each([
    ['timer-flag', 'stopped past its lease and cut'],
    ['no-asof', 'Redis answers'],
    ['ack-before-apply', 'just acknowledged'],
    ['a-token-is-good-as-long-as-its-user', 'gateway cut'],
  ])('the mistake %s', async (mutant, only) => {
    const { violations } = await foundIn(mutant, only);
    expect(violations.map(({ invariant }) => invariant)).toContain('I1');
  }, TIMEOUT_MS);
});
