import { describe, expect, it } from 'vitest';
import { isProduct, sourceFiles, textOf } from '@test/support/project/source-files.js';

/** These still have two meanings. A name that is taken off stays off; none is added. */
const STILL_TWICE: readonly string[] = ['Outcome', 'Paging', 'TOO_LARGE', 'UNDECIDED', 'readBody'];

const EXPORT = /^export (?:abstract |async )?(?:const|class|interface|type|function|enum) ([A-Za-z_$][\w$]*)/gm;

/** By exported name, the files that declare it. */
const declarations = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const path of sourceFiles('.ts').filter(isProduct)) {
    for (const [, name = ''] of textOf(path).matchAll(EXPORT)) found.set(name, (found.get(name) ?? new Set()).add(path));
  }
  return found;
};

describe('exported names of apps and libs', () => {
  it('mean one thing each, so that a search and an import find it', () => {
    const all = declarations();
    expect(all.size).toBeGreaterThan(500);
    const twice = [...all].filter(([name, paths]) => paths.size > 1 && !STILL_TWICE.includes(name));
    expect(twice.map(([name, paths]) => `${name}: ${[...paths].join(', ')}`)).toEqual([]);
  });
});
