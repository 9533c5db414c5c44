import { describe, expect, it } from 'vitest';
import { foundIn } from '../../scripts/lint-words.mjs';
import { proseOf } from '../../scripts/prose.mjs';

const formsIn = (path: string, text: string): readonly number[] => foundIn(path, text).map(({ line }) => line);

describe('the prose of a file', () => {
  it('of a source is its comments and its sentences, not its code, SQL or inline code', () => {
    const source = [
      '// One thought that',
      '// goes on here.',
      'const nobody = find(`a value ${whoever(1)} in a text`); // behind code',
      "const sql = 'SELECT id FROM nobody WHERE it is none';",
      '/** `whoever` is a name. */',
      "const word = 'nobody';",
    ].join('\n');
    expect(proseOf('a.ts', source).map(({ kind, text }) => [kind, text])).toEqual([
      ['comment', 'One thought that goes on here.'],
      ['comment', 'behind code'],
      ['comment', '… is a name.'],
      ['string', 'a value … in a text'],
    ]);
  });

  it('of a document is its text without code', () => {
    expect(proseOf('a.md', 'A line with `code`.\n\n```sh\n# nobody\n```\nThe [end](nobody.md).').map(({ line, text }) => [line, text])).toEqual([
      [1, 'A line with ….'],
      [6, 'The [end].'],
    ]);
  });

  it('of a script is its comments', () => {
    expect(proseOf('a.sh', '#!/bin/sh\nrun # in the end\n').map(({ text }) => text)).toEqual(['in the end']);
  });
});

describe('the lint of words', () => {
  it.each([
    'Creates a key and answers its token.',
    'A text that is none.',
    'The user is no member of it.',
    'It is there for whoever asks.',
    'Nobody knows, and somebody asks.',
    'The attempt was in vain.',
    'It stays so for ever.',
    'Mend the copy.',
    'It may do everything.',
    'This is switched off.',
    'A stranger and a visitor.',
    'It has to wait.',
    'Redis is away.',
    'null: there is no user.',
    'The behaviour of an organisation.',
  ])('finds the form in a comment, a string and a document: %s', (sentence) => {
    expect(formsIn('a.ts', `\n// ${sentence}\n`).length).toBeGreaterThan(0);
    expect(formsIn('a.ts', `const text = ${JSON.stringify(sentence)};`).length).toBeGreaterThan(0);
    expect(formsIn('a.md', sentence).length).toBeGreaterThan(0);
  });

  it('finds a form that runs over two lines of a comment', () => {
    expect(formsIn('a.ts', '// It is kept for\n// ever.\n')).toEqual([1]);
  });

  it.each([
    'The key is no longer valid.',
    'There is no such key, and there is none like it.',
    'The answers as of then.',
    'It may do so too, or may not be asked.',
  ])('lets plain words pass: %s', (sentence) => {
    expect(formsIn('a.md', sentence)).toEqual([]);
  });
});
