import { dirname, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf } from '@test/support/project/imports-and-exports.js';
import { sourceFiles } from '@test/support/project/source-files.js';

/** A folder whose files may name one another by relative paths; what lies in another room has an alias. */
const roomOf = (path: string): string => {
  const parts = path.split('/');
  return parts.slice(0, path.startsWith('libs/adapters/') ? 3 : 2).join('/');
};

const isTestCode = (path: string): boolean => path.startsWith('test/') || path.endsWith('.spec.ts') || path.includes('/testing/');

/** Scripts are plain JavaScript, which has no alias. */
const climbs = (path: string, module: string): boolean => {
  const target = posix.join(dirname(path), module);
  return module.startsWith('..') && !target.startsWith('scripts/') && roomOf(target) !== roomOf(path);
};

const suiteOf = (path: string, module: string): string | null => {
  const target = module.startsWith('.') ? posix.join(dirname(path), module) : module.replace(/^@test\//, 'test/');
  return /^test\/([^/]+)\//.exec(target)?.[1] ?? null;
};

describe('test code', () => {
  const files = sourceFiles('.ts').filter(isTestCode);
  const found = (isWrong: (path: string, module: string) => boolean, among = files): readonly string[] =>
    among.flatMap((path) =>
      importsOf(path)
        .filter((module) => isWrong(path, module))
        .map((module) => `${path}: ${module}`),
    );

  it('names what lies outside its own folder by an alias and never climbs there', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(found(climbs)).toEqual([]);
  });

  it('in test/support depends on no suite', () => {
    const support = files.filter((path) => path.startsWith('test/support/'));
    expect(found((path, module) => ![null, 'support'].includes(suiteOf(path, module)), support)).toEqual([]);
  });
});

describe('a benchmark', () => {
  it('names apps, libraries and tools by an alias: their index, or a path that tsconfig.json declares', () => {
    const benchmarks = sourceFiles('.ts').filter((path) => path.startsWith('bench/'));
    const isPathInto = (path: string, module: string): boolean => module.startsWith('.') && /^(?:apps|libs|tools)\//.test(posix.join(dirname(path), module));
    expect(benchmarks.length).toBeGreaterThan(20);
    expect(
      benchmarks.flatMap((path) =>
        importsOf(path)
          .filter((module) => isPathInto(path, module))
          .map((module) => `${path}: ${module}`),
      ),
    ).toEqual([]);
  });
});

describe('what ships', () => {
  it('imports no test code', () => {
    const product = sourceFiles('.ts').filter((path) => /^(?:apps|libs)\//.test(path) && !isTestCode(path));
    expect(
      product.flatMap((path) =>
        importsOf(path)
          .filter((module) => /^@test\/|\/testing\//.test(module))
          .map((module) => `${path}: ${module}`),
      ),
    ).toEqual([]);
  });
});
