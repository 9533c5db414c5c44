import { invalidField } from '../refusal.js';

/** An expiry that is not in the future would make a key that never lived, or end one without saying so. */
export const refusePastExpiry = (expiresAtMs: number | null, at: number): void => {
  if (expiresAtMs !== null && expiresAtMs <= at) throw invalidField('expiresAtSeconds', 'Give a time in the future, or none.');
};
