import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, sourceFiles, textOf } from '@test/support/project/source-files.js';

const COSTLY = /\.(?:servers|process|long)\.spec\.ts$/;
/** What starts a process, a thread or a browser. */
const STARTERS = new Set(['node:child_process', 'node:cluster', 'node:worker_threads', 'puppeteer-core']);
/** Suites that reach a starter by their imports, and why they start nothing all the same. */
const HARMLESS: Readonly<Record<string, string>> = {
  'test/workshop/prepare.spec.ts': 'asks which part would be installed, and installs nothing',
  'test/docs/generated-docs.spec.ts': 'renders figures from stored results; only writing results asks git for the commit',
  'test/workshop/words.spec.ts': 'hands in texts; only the command asks git for files',
  'tools/stack/src/stack-arguments.spec.ts': 'reads arguments; what they are for stands in the same folder',
};

/** Parts of the product that run threads of their own: cheap ones, which a suite ends with the product. */
const PRODUCT_THREADS = ['apps/directory/src/passwords/hash-threads.ts'];

const { compilerOptions } = JSON.parse(textOf('tsconfig.json')) as {
  readonly compilerOptions: { readonly paths: Readonly<Record<string, readonly string[]>> };
};

const fileOfAlias = (module: string): string | undefined => {
  for (const [alias, [target = '']] of Object.entries(compilerOptions.paths)) {
    if (alias === module) return target;
    if (alias.endsWith('*') && module.startsWith(alias.slice(0, -1))) return target.replace('*', module.slice(alias.length - 1));
  }
  return undefined;
};

/** The file from the root that a module is; nothing for a package. */
const fileOf = (module: string, importer: string): string | undefined => {
  const file = module.startsWith('.') ? join(importer, '..', module) : fileOfAlias(module);
  if (file === undefined) return undefined;
  const candidates = [file.replace(/\.js$/, '.ts'), file].map((path) => join(path));
  return candidates.find((path) => existsSync(join(ROOT, path)));
};

/** The modules that are loaded with a file: types are not. */
const loadedBy = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/^\s*(?:import|export)\s(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm)].map(
    ([, first, second = '']) => first ?? second,
  );

const known = new Map<string, readonly string[]>();
const loadedByOnce = (path: string): readonly string[] => {
  const loaded = known.get(path) ?? loadedBy(path);
  known.set(path, loaded);
  return loaded;
};

/** How a suite reaches a starter, as `file → module`. */
const waysToStart = (spec: string): readonly string[] => {
  const seen = new Set([spec]);
  const ways: string[] = [];
  for (const path of seen) {
    for (const module of loadedByOnce(path)) {
      if (STARTERS.has(module) && !PRODUCT_THREADS.includes(path)) ways.push(`${path} → ${module}`);
      const file = fileOf(module, path);
      if (file !== undefined) seen.add(file);
    }
  }
  return ways;
};

describe('the name of a suite', () => {
  const unmarked = sourceFiles('.spec.ts').filter((path) => !COSTLY.test(path));

  it('says so when the suite can start a process, a thread or a browser: .servers, .process or .long', () => {
    const wrong = unmarked
      .filter((path) => HARMLESS[path] === undefined)
      .flatMap((path) =>
        waysToStart(path)
          .slice(0, 1)
          .map((way) => `${path}: ${way}`),
      );
    expect(wrong).toEqual([]);
  });

  it('is excused only where there is something to excuse', () => {
    expect(Object.keys(HARMLESS).filter((path) => !unmarked.includes(path) || waysToStart(path).length === 0)).toEqual([]);
  });

  it('says what the suite costs where it does start something', () => {
    const marked = sourceFiles('.spec.ts').filter((path) => COSTLY.test(path));
    expect(marked.length).toBeGreaterThan(50);
    // A walk that no longer finds the starters would find nothing wrong with any name.
    expect(marked.filter((path) => waysToStart(path).length > 0).length).toBeGreaterThan(marked.length * 0.8);
  });
});
