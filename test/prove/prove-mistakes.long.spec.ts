import { describe, it } from 'vitest';
import { expectFound } from './found-mistake.js';
import { PROOF_TIMEOUT_MS } from './proof-size.js';

describe('the proof finds', () => {
  it.each([
    ['timer-flag', 'stopped past its lease and cut'],
    ['ack-before-apply', 'just acknowledged'],
    ['a-token-is-good-as-long-as-its-user', 'gateway cut'],
  ])('the mistake %s', (mutant, only) => expectFound(mutant, only), PROOF_TIMEOUT_MS);
});
