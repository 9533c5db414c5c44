import { invalidField } from './refusal.js';

const MAX_NAME_LENGTH = 100;
// A terminal that lists names would carry control characters out.
const CONTROL_CHARACTER = /\p{Cc}/u;

/** For names that operators give: the edge's DTOs hold those of the compatible APIs to the same rule. */
export const refuseBadName = (name: string): void => {
  if (name.trim() === '') throw invalidField('name', 'must not be empty');
  if (Array.from(name).length > MAX_NAME_LENGTH) throw invalidField('name', `must be at most ${MAX_NAME_LENGTH} characters`);
  if (CONTROL_CHARACTER.test(name)) throw invalidField('name', 'must not contain control characters');
};
