import { expect, it } from 'vitest';
import { HOST_ENDPOINTS } from '../endpoints.js';
import { fieldsOf } from '../dto/read-fields.js';
import { fieldSentence, fieldSentences } from './field-sentences.js';

it.each([
  ['email', 'must not be empty', 'Email must not be empty.'],
  ['display_name', 'must be at most 100 characters', 'Display name must be at most 100 characters.'],
  ['org_id', 'must be text', 'Organization must be text.'],
  ['body', 'The request body must be valid JSON in UTF-8.', 'The request body must be valid JSON in UTF-8.'],
])('%s %s becomes a whole sentence with the name in words', (field, said, sentence) => expect(fieldSentence(field, said)).toBe(sentence));

it('sentences for people name every field of the frontend API in words', () => {
  const names = HOST_ENDPOINTS.filter(({ api }) => api === 'frontend')
    .flatMap(({ body, query }) => fieldsOf(body ?? query))
    .map(({ name }) => name);
  const sentences = fieldSentences(Object.fromEntries(names.map((name) => [name, ['must be text', 'must be short']])));
  expect(Object.keys(sentences)).toEqual([...new Set(names)]);
  for (const sentence of Object.values(sentences)) expect(sentence).toMatch(/^([A-Z][a-z]+(?: [a-z]+)*) must be text\. \1 must be short\.$/);
});
