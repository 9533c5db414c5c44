import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportsOf } from '@test/support/project/imports-and-exports.js';
import { isProduct, sourceFiles } from '@test/support/project/source-files.js';
import { KNOWN_TWIN_EXPORTS, KNOWN_TWIN_FILES } from './known-offenders.js';

/** What each part has one of, under the same name on purpose. */
const SHARED_EXPORTS: readonly string[] = ['main'];
const SHARED_FILES: readonly string[] = ['index.ts', 'main.ts', 'events.ts', 'state.ts', 'decide.ts', 'record.ts'];

const product = sourceFiles('.ts').filter(isProduct);

/** An index only passes on. Any other file that does so gives a name a second home. */
const exportedBy = (path: string): readonly string[] =>
  exportsOf(path)
    .filter(({ isReExport }) => !(isReExport && basename(path) === 'index.ts'))
    .map(({ name }) => name);

/** The names that more than one file has, with those files. */
const twinsOf = (namesOf: (path: string) => readonly string[], shared: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const files = new Map<string, string[]>();
  // Overloads, and a type beside a value of its name, are one name.
  for (const path of product) for (const name of new Set(namesOf(path))) files.set(name, [...(files.get(name) ?? []), path]);
  return new Map([...files].filter(([name, paths]) => paths.length > 1 && !shared.includes(name)));
};

describe.each([
  ['no two product files export the same name', twinsOf(exportedBy, SHARED_EXPORTS), KNOWN_TWIN_EXPORTS],
  ['no two product files have the same name', twinsOf((path) => [basename(path)], SHARED_FILES), KNOWN_TWIN_FILES],
] as const)('%s', (_rule, twins, known) => {
  it('but for known offenders', () => {
    expect(product.length).toBeGreaterThan(400);
    const others = [...twins].filter(([name]) => !known.includes(name));
    expect(others.map(([name, paths]) => `${name}: ${paths.join(', ')}`)).toEqual([]);
  });

  it('and the list of known offenders only shrinks', () => {
    expect(known.filter((name) => !twins.has(name))).toEqual([]);
  });
});
