import { describe, expect, it } from 'vitest';
import { textOfPage } from '@test/support/project/code-blocks.js';

const lines = textOfPage('docs/glossary.md')
  .split('\n')
  .filter((line) => line.startsWith('- '));
const entries = lines.map((line) => {
  const [, term = '', definition = ''] = /^- \*\*([^*]+)\*\*: (.+)$/.exec(line) ?? [];
  return { line, term, definition };
});
const terms = entries.map(({ term }) => term.toLowerCase());

/** What an italic word stands for: the term itself, or it in the plural or the past. */
const formsOf = (word: string): readonly string[] => [word, word.replace(/s$/, ''), word.replace(/ies$/, 'y'), word.replace(/d$/, ''), word.replace(/ed$/, '')];

describe('docs/glossary.md', () => {
  it('has at least forty terms, each with a definition', () => {
    expect(entries.filter(({ definition }) => definition === '').map(({ line }) => line)).toEqual([]);
    expect(entries.length).toBeGreaterThanOrEqual(40);
  });

  it('is in alphabetical order', () => {
    expect(terms).toEqual(terms.toSorted());
  });

  it('defines each term once', () => {
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
  });

  it('takes one or two sentences for each', () => {
    const sentences = (definition: string): number => definition.match(/[.?!](?= |$)/g)?.length ?? 0;
    expect(entries.filter(({ definition }) => ![1, 2].includes(sentences(definition))).map(({ line }) => line)).toEqual([]);
  });

  it('defines every word that a definition marks as a term', () => {
    const marked = entries.flatMap(({ term, definition }) => [...definition.matchAll(/\*([^*]+)\*/g)].map(([, word = '']) => ({ term, word })));
    expect(marked.length).toBeGreaterThan(20);
    expect(marked.filter(({ word }) => !formsOf(word.toLowerCase()).some((form) => terms.includes(form)))).toEqual([]);
  });
});
