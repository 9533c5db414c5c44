import { describe, expect, it } from 'vitest';
import { expectFound } from './found-mistake.js';
import { PROOF_TIMEOUT_MS, proofMinutes, proofSeed, say } from './proof-size.js';
import { prove } from './proof.js';
import { reportText } from './report.js';

describe('four services on MongoDB, NATS and Redis', () => {
  it(
    'keep their promise under every fault of the list, and recover from each',
    async () => {
      const report = await prove({ seed: proofSeed, minutes: proofMinutes, say });
      say(`${reportText(report, 'of this folder')}Again: npm run prove -- --seed ${proofSeed} --minutes ${proofMinutes}`);
      expect(report.violations).toEqual([]);
      expect(report.load.rightAfter).toBeGreaterThan(500);
      expect(Math.min(report.endUsers.good, report.endUsers.over)).toBeGreaterThan(100);
      expect(report.endUsers.ends).toBeGreaterThan(10);
      expect(report.packets?.hits).toBeGreaterThan(100);
    },
    PROOF_TIMEOUT_MS,
  );
});

// One here, the others in prove-mistakes.long.spec.ts.
describe('the proof finds', () => {
  it('the mistake no-asof', () => expectFound('no-asof', 'Redis answers'), PROOF_TIMEOUT_MS);
});
