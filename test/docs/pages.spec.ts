import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSettings, EXPIRATION_OPTIONS } from '@app/domain';
import { buildProgram } from '@app/cli/program.js';
import { CommandContext } from '@app/cli/command-context.js';
import { pages, ROOT, textOfPage } from '@test/support/project/code-blocks.js';

/** As the code hosts make them from headings. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

const linksOf = (page: string): readonly string[] =>
  [
    ...textOfPage(page)
      .replace(/```[\s\S]*?```/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = '']) => target);

const problemOf = (page: string, link: string): string | null => {
  if (/^[a-z]+:/.test(link)) return null;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path).replaceAll('\\', '/');
  if (!existsSync(join(ROOT, target))) return `${link}: there is no ${target}`;
  return anchor === undefined || anchorsOf(textOfPage(target)).includes(anchor) ? null : `${link}: there is no such heading`;
};

/** The rows of a table whose first cell is code: that name and the second cell. */
const rowsOf = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/^\| `([^`]+)` \| ([^|]*) \|/gm)].map(([, name = '', second = '']) => [name, second.trim()]));

const sectionOf = (text: string, title: string): string => text.split(/^#+ /m).find((part) => part.startsWith(`${title}\n`)) ?? '';

const DEFAULT_TEXTS: Readonly<Record<string, string>> = {
  authUrl: '`https://<8 digits>.test.keyfence.localhost`',
  expirationOptions: 'all six',
  backendTokenPrefix: 'empty',
};

describe('the pages', () => {
  it.each(pages())('%s links to what is there', (page) => {
    expect(
      linksOf(page)
        .map((link) => problemOf(page, link))
        .filter((problem) => problem !== null),
    ).toEqual([]);
  });

  it('are all reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const link of linksOf(page)) {
        const target = join(dirname(page), link.split('#')[0] ?? '').replaceAll('\\', '/');
        if (target.endsWith('.md') && existsSync(join(ROOT, target))) reached.add(target);
      }
    }
    expect(pages().filter((page) => !reached.has(page))).toEqual([]);
  });

  it('docs/settings.md has every setting of an environment with its default', () => {
    const shown = rowsOf(sectionOf(textOfPage('docs/settings.md'), 'What they mean'));
    const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
    const expected = Object.entries(defaultSettings('')).map(([name, value]) => [name, DEFAULT_TEXTS[name] ?? `\`${textOf(value)}\``]);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
    for (const option of EXPIRATION_OPTIONS) expect(textOfPage('docs/settings.md')).toContain(`\`${option}\``);
  });

  it('docs/operating.md shows every command of the command line', () => {
    const page = textOfPage('docs/operating.md');
    const program = buildProgram(new CommandContext({}));
    const commands = program.commands.flatMap((group) =>
      group.commands.length === 0 ? [group.name()] : group.commands.map((command) => `${group.name()} ${command.name()}`),
    );
    expect(commands.length).toBeGreaterThan(14);
    expect(commands.filter((command) => !page.includes(`keyfence -- ${command}`))).toEqual([]);
  });

  it('the picture names every service and is drawn within its frame', () => {
    const svg = readFileSync(join(ROOT, 'docs/architecture.svg'), 'utf8');
    for (const name of ['gateway', 'validation', 'directory', 'keys', 'standalone']) expect(svg).toContain(name);
    const open: string[] = [];
    for (const [, ending, name = '', alone] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
      if (ending === '/') expect(open.pop()).toBe(name);
      else if (alone === '') open.push(name);
    }
    expect(open).toEqual([]);
    const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number);
    for (const [, x, y] of svg.matchAll(/<text x="(\d+)" y="(\d+)"/g)) expect(Number(x) < width && Number(y) < height).toBe(true);
  });

  it('decisions are numbered without a gap and have the four parts', () => {
    const decisions = pages().filter((page) => /^docs\/adr\/\d{4}-/.test(page));
    expect(decisions.map((page) => Number(page.slice('docs/adr/'.length, 'docs/adr/'.length + 4)))).toEqual(decisions.map((_, index) => index + 1));
    for (const page of decisions) {
      const headings = [...textOfPage(page).matchAll(/^## (.+)$/gm)].map(([, title]) => title);
      expect([page, headings]).toEqual([page, ['Context', 'Options rejected', 'Decision', 'Consequence']]);
    }
  });
});
