import { invalidField } from './refusal.js';

const MAX_NAME_LENGTH = 100;
// A terminal that lists names would execute control characters.
const CONTROL_CHARACTER = /\p{Cc}/u;

/** For names from operators: the edge's DTOs apply the same rule to names of the compatible APIs. */
export const refuseBadName = (name: string): void => {
  if (name.trim() === '') throw invalidField('name', 'must not be empty');
  if (Array.from(name).length > MAX_NAME_LENGTH) throw invalidField('name', `must be at most ${MAX_NAME_LENGTH} characters`);
  if (CONTROL_CHARACTER.test(name)) throw invalidField('name', 'must not contain control characters');
};
