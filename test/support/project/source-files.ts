import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');
const FOLDERS = ['apps', 'libs', 'tools', 'test', 'bench', 'scripts'] as const;

/** Paths from the root, with forward slashes, of every file that people write code in. */
export const sourceFiles = (...extensions: readonly string[]): readonly string[] =>
  FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/')),
  )
    .filter((path) => !path.includes('node_modules/'))
    .toSorted();

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What ships: neither specs nor the tools of specs. */
export const isProduct = (path: string): boolean =>
  /^(?:apps|libs)\//.test(path) && path.endsWith('.ts') && !path.endsWith('.spec.ts') && !/\/(?:testing|test)\//.test(path);

/** What starts servers and services on one machine, for people and for suites. */
export const isTool = (path: string): boolean => path.startsWith('tools/') && path.endsWith('.ts') && !path.endsWith('.spec.ts');
