import { dirname, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from '@test/support/project/imports-and-exports.js';
import { isProduct, sourceFiles } from '@test/support/project/source-files.js';

const DOMAIN = 'libs/domain/src/';

/** The folder of the subject that a path lies in; null for what goes across subjects. */
const subjectOf = (path: string): string | null => /^libs\/domain\/src\/([^/]+)\/[^/]+$/.exec(path)?.[1] ?? null;

/** By subject, the subjects that its files import. */
const dependencies = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const path of sourceFiles('.ts').filter((file) => file.startsWith(DOMAIN) && isProduct(file))) {
    const subject = subjectOf(path);
    if (subject === null) continue;
    const known = found.get(subject) ?? new Set();
    for (const module of importsOf(path)) {
      const other = subjectOf(posix.join(dirname(path), module));
      if (other !== null && other !== subject) known.add(other);
    }
    found.set(subject, known);
  }
  return found;
};

const reachedFrom = (subject: string, all: ReadonlyMap<string, ReadonlySet<string>>, reached = new Set<string>()): ReadonlySet<string> => {
  for (const other of all.get(subject) ?? []) {
    if (reached.has(other)) continue;
    reached.add(other);
    reachedFrom(other, all, reached);
  }
  return reached;
};

describe('the subjects of the domain', () => {
  const all = dependencies();

  it('are there, and depend on each other', () => {
    expect([...all.keys()].toSorted()).toEqual(['api-key', 'backend-key', 'environment', 'membership', 'organization', 'registry', 'session', 'user']);
    expect(reachedFrom('api-key', all)).toContain('membership');
  });

  it.each([...all.keys()])('%s depends on no subject that depends on it', (subject) => {
    expect([...reachedFrom(subject, all)]).not.toContain(subject);
  });
});
