import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '@test/support/project/source-files.js';
import { APPS } from '../../scripts/apps.mjs';
import { bundleApps, NATIVE_PACKAGES } from '../../scripts/bundle-apps.mjs';
import { LICENSES_FILE, packageFolders } from '../../scripts/bundled-licenses.mjs';

const names = Object.keys(APPS);
const built = (app: string, file: string): string => readFileSync(join(ROOT, 'dist', app, file), 'utf8');
const sourcesOf = (app: string): readonly string[] =>
  (JSON.parse(built(app, 'main.js.map')) as { readonly sources: readonly string[] }).sources.map((source) => join(ROOT, 'dist', app, source));

const titleOf = (folder: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly name: string; readonly version: string };
  return `${name} ${version}`;
};

const folder = mkdtempSync(join(tmpdir(), 'keyfence-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(names)('the bundle of %s', (app) => {
  it('comes with the license text of each package in it, and of no other', () => {
    const licensed = [...built(app, LICENSES_FILE).matchAll(/^== (\S+ \S+) \(/gm)].map(([, title]) => title);
    expect(new Set(licensed)).toEqual(new Set(packageFolders(sourcesOf(app)).map(titleOf)));
  });

  it('imports native packages and Node alone, or a peer that it can do without', () => {
    const imported = [...built(app, 'main.js').matchAll(/^import (?:[^'"]+ from )?["']([^"']+)["'];?$/gm)].map(([, module = '']) => module);
    const others = imported.filter((module) => !module.startsWith('node:') && !NATIVE_PACKAGES.includes(module));
    expect(others.filter((module) => !builtinModules.includes(module))).toEqual([]);
  });

  it('maps its lines to the sources of the app', () => {
    expect(sourcesOf(app)).toContain(join(ROOT, APPS[app]?.entry ?? ''));
  });

  it('keeps the name of a class that shares it with another', () => {
    const text = built(app, 'main.js');
    const renamed = [...text.matchAll(/\bclass (\w+)\$\d+\b[^{]*\{\s*static \{\s*__name\(this, "(\w+)"\)/g)].map(([, name, kept]) => [name, kept]);
    const all = [...text.matchAll(/\bclass (\w+)\$\d+\b/g)];
    expect(renamed.filter(([name, kept]) => name !== kept)).toEqual([]);
    expect(renamed).toHaveLength(all.length);
  });
});

describe('a build', () => {
  const planted = (text: string) => ({
    name: 'planted',
    load: (id: string) => (id.endsWith('/tools/stack/src/create-secrets.ts') ? `${text}\n${readFileSync(id, 'utf8')}` : null),
  });
  const build = (text: string): Promise<void> => bundleApps({ outDir: folder, apps: ['create-secrets'], plugins: [planted(text)] });

  it('fails on a package that is not there', async () => {
    await expect(build("import 'a-package-that-is-not-there';")).rejects.toThrow(/a-package-that-is-not-there/);
  });

  it('fails on a warning', async () => {
    await expect(build("import { nothing } from './deployment/passwords.js';\nvoid nothing;")).rejects.toThrow(/nothing/);
  });

  it('carries the version of package.json', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
    expect(built('standalone', 'main.js')).toContain(`productVersion = () => "${version}"`);
  });
});
