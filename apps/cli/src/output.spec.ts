import { expect, it } from 'vitest';
import { cell } from './output.js';

it.each([
  ['a name with a terminal command in it', 'Ada\u001b[2J', 'Ada\\u001b[2J'],
  ['metadata with the one-byte form of one', { note: '\u009b2J' }, '{"note":"\\u009b2J"}'],
  ['text that turns the direction of what follows', 'a\u202eb', 'a\\u202eb'],
  ['other languages as they are', 'Ada Łąka 山', 'Ada Łąka 山'],
  ['nothing as a dash', null, '–'],
])('a table shows %s', (_, value, shown) => {
  expect(cell(value)).toBe(shown);
});
