import { describe, expect, it } from 'vitest';
import { type Call, violationsOf } from './history.js';
import { reportOf, timelineOf } from './timeline.js';

const call = (op: Call['op'], about: string, invokedAt: number, completedAt: number, more: Partial<Call> = {}): Call => ({
  op,
  about,
  invokedAt,
  completedAt,
  outcome: 'done',
  by: 'client 1',
  ...more,
});

describe('the report of a wrong history', () => {
  const calls = [call('validate', 'k', 108, 109), call('deny', 'revoke k', 102, 105, { detail: '200 {}' }), call('create', 'k', 100, 101.5)];

  it('names the rule and the seed, and marks the two calls that contradict each other, by time from the first', () => {
    const violations = violationsOf('k', new Map([['revoke k', 'for good']]), calls);
    expect(reportOf(violations, calls, 7)).toBe(
      [
        '1 × allowed after an acknowledged denial (seed 7)',
        '      0.000 –     1.500 ms  client 1     create   k: done',
        '>     2.000 –     5.000 ms  client 1     deny     revoke k: done (200 {})',
        '>     8.000 –     9.000 ms  client 1     validate k: done',
      ].join('\n'),
    );
  });

  it('leaves out validations that tell nothing, however many there were', () => {
    const many = Array.from({ length: 500 }, (_, index) => call('validate', 'k', 200 + index, 200.5 + index, { outcome: 'refused' }));
    const wrong = call('validate', 'k', 450.2, 450.3);
    const lines = timelineOf([...many, ...calls, wrong], new Set([wrong])).split('\n');
    expect(lines.length).toBe(9);
    expect(lines.filter((line) => line.startsWith('>'))).toEqual(['>   350.200 –   350.300 ms  client 1     validate k: done']);
  });
});
