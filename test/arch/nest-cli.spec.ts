import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, textOf } from '@test/support/project/source-files.js';

interface Project {
  readonly type: 'application' | 'library';
  readonly root: string;
  readonly entryFile: string;
  readonly sourceRoot: string;
  readonly compilerOptions: { readonly tsConfigPath: string };
}

const { projects } = JSON.parse(textOf('nest-cli.json')) as { readonly projects: Readonly<Record<string, Project>> };
const foldersIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

const APPS = foldersIn('apps').map((name) => `apps/${name}`);
const LIBRARIES = [
  ...foldersIn('libs')
    .filter((name) => name !== 'adapters')
    .map((name) => `libs/${name}`),
  ...foldersIn('libs/adapters').map((name) => `libs/adapters/${name}`),
];

const rootsOf = (type: Project['type']): readonly string[] =>
  Object.values(projects)
    .filter((project) => project.type === type)
    .map(({ root }) => root)
    .toSorted();

describe('nest-cli.json', () => {
  it('names each app and each library', () => {
    expect(rootsOf('application')).toEqual(APPS.toSorted());
    expect(rootsOf('library')).toEqual(LIBRARIES.toSorted());
  });

  it.each(Object.entries(projects))('%s has the entry file and the settings that it names', (_, { root, sourceRoot, entryFile, compilerOptions }) => {
    expect(sourceRoot).toBe(`${root}/src`);
    expect(existsSync(join(ROOT, sourceRoot, `${entryFile}.ts`))).toBe(true);
    expect(existsSync(join(ROOT, compilerOptions.tsConfigPath))).toBe(true);
  });
});
