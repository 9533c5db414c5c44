import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages, ROOT, textOfPage } from '@test/support/project/code-blocks.js';

/** Pages for those who work on the code: what they name in code is a path of the repository. */
const FOR_CONTRIBUTORS = ['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/style.md', 'docs/glossary.md', 'docs/releasing.md'];

const SCRIPTS = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }).scripts;

const inlineCodes = (page: string): readonly string[] => [...textOfPage(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** `npm test` and `npm start` are scripts too; `npm ci` and `npm version` are npm's own. */
const scriptsIn = (page: string): readonly string[] =>
  [...textOfPage(page).matchAll(/\bnpm (?:run (?:--silent )?([a-z][a-z:-]*)|(test|start)\b)/g)].map(([, run, short]) => run ?? short ?? '');

/** Of a command its arguments; what is built, and places that stand for many, are left out. */
const pathsIn = (page: string): readonly string[] =>
  inlineCodes(page)
    .flatMap((code) => code.split(' '))
    .filter((word) =>
      /^(?:apps|libs|test|tools|docs|scripts|bench|deploy|\.githooks|\.vscode|\.ci)(?:\/|$)|^\w[\w.-]*\.(?:json|md|yml|mjs|ts)$|^\.(?:nvmrc|npmrc|env|editorconfig)$|^Dockerfile$/.test(
        word,
      ),
    )
    .filter((word) => !/[<*]/.test(word));

/** Named by its last part alone in a list that has named its folder. */
const isInNamedFolder = (page: string, name: string): boolean => pathsIn(page).some((path) => existsSync(join(ROOT, path, name)));
/** Each contributor makes their own. */
const NOT_IN_GIT = ['.env'];

describe('pages for contributors', () => {
  it.each(pages())('%s names only scripts that package.json has', (page) => {
    expect([...new Set(scriptsIn(page))].filter((name) => SCRIPTS[name] === undefined)).toEqual([]);
  });

  it.each(FOR_CONTRIBUTORS)('%s names only files and folders that exist', (page) => {
    const missing = pathsIn(page).filter((path) => !NOT_IN_GIT.includes(path) && !existsSync(join(ROOT, path)) && !isInNamedFolder(page, path));
    expect([...new Set(missing)]).toEqual([]);
  });

  it('CONTRIBUTING.md names enough for the check to mean something', () => {
    expect(new Set(pathsIn('CONTRIBUTING.md')).size).toBeGreaterThan(50);
    expect(new Set(scriptsIn('CONTRIBUTING.md')).size).toBeGreaterThan(12);
  });

  it('docs/style.md has the limits that the linter holds', () => {
    const { rules } = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')) as {
      readonly rules: Readonly<Record<string, readonly [string, { readonly max: number }]>>;
    };
    const style = textOfPage('docs/style.md');
    expect(style).toContain(`| a file | ${String(rules['max-lines']?.[1].max)} lines |`);
    expect(style).toContain(`| a function | ${String(rules['max-lines-per-function']?.[1].max)} lines`);
  });

  it('debugging starts the bundles that exist for each app', () => {
    const { configurations, inputs } = JSON.parse(readFileSync(join(ROOT, '.vscode/launch.json'), 'utf8')) as {
      readonly configurations: readonly { readonly program?: string }[];
      readonly inputs: readonly { readonly options: readonly string[] }[];
    };
    const programs = configurations.flatMap(({ program = '' }) => /dist\/([a-z-]+)\/main\.js$/.exec(program)?.[1] ?? []);
    const apps = [...programs, ...inputs.flatMap(({ options }) => options)];
    expect(apps).toEqual(['standalone', 'gateway', 'directory', 'keys', 'validation']);
    expect(apps.filter((app) => !existsSync(join(ROOT, 'apps', app, 'src/main.ts')))).toEqual([]);
  });
});
