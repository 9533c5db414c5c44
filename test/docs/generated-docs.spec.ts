import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { BACKEND_ENDPOINTS } from '@app/http-api';
import { PERSONAL_FIELDS } from '@app/domain';
import { readSettings, settingsOf } from '@app/platform';
import { readStandaloneSettings } from '@app/standalone/standalone-settings.js';
import { everyEvent } from '@test/support/log/every-event.js';
import { pages, ROOT } from '@test/support/project/code-blocks.js';
import { apiReferencePage } from './api-reference-page.js';
import { benchTables } from './bench-tables.js';
import { errorsPage } from './errors-page.js';
import { eventsPage } from './events-page.js';
import { envExample, PROCESSES, withoutSettings, withSettings } from './settings-tables.js';

const WITH_SETTINGS = ['README.md', 'docs/services.md', 'docs/operating.md', 'docs/events-stream.md'];
/** Between the two marks stands what is generated; the rest of the page is written by hand. */
const BENCH_REGION = /(?<=<!-- bench -->\n)[^]*(?=\n<!-- \/bench -->)/;

/** Paths from the top of the repository. */
const PAGES: readonly (readonly [path: string, render: () => string])[] = [
  ['docs/api-reference.md', apiReferencePage],
  ['docs/errors.md', errorsPage],
  ['docs/events.md', eventsPage],
  ['.env.example', envExample],
  ...WITH_SETTINGS.map((page) => [page, () => withSettings(page)] as const),
];

// The error filter is asked for every answer it has, the undecided one included, which it warns of.
Logger.overrideLogger(false);

/** Set by `npm run docs:generate`: the pages are written first, and compared like always. */
const WRITE = process.env['WRITE_DOCS'] === '1';

const readPage = (path: string): string => {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return '';
  }
};

/** `render` gets the text as it is. */
const checkPage = (path: string, render: (actual: string) => string): void => {
  const expected = render(readPage(path));
  if (WRITE) writeFileSync(join(ROOT, path), expected);
  const actual = readPage(path);
  if (actual === expected) return;
  const line = expected.split('\n').findIndex((text, index) => text !== actual.split('\n')[index]) + 1;
  expect.fail(`${path} differs from what it is made from, from line ${String(line)} on. Run: npm run docs:generate`);
};

/** The lines that are there stay as they are. What the deciders make after them gets lines of its own. */
const withNewEvents = (stored: string): string => {
  const made = everyEvent().slice(stored.trimEnd().split('\n').length);
  return stored + made.map((event) => `${JSON.stringify(event)}\n`).join('');
};

describe('generated pages', () => {
  it.each(PAGES)('%s says what the code says (npm run docs:generate)', (path, render) => {
    checkPage(path, render);
  });

  it('README.md shows the figures of bench/results.json (npm run docs:generate)', () => {
    expect(readPage('README.md')).toMatch(BENCH_REGION);
    checkPage('README.md', (actual) => actual.replace(BENCH_REGION, () => benchTables()));
  });

  it('test/arch/fixtures/events.jsonl has a line for each event that the deciders make (npm run docs:generate)', () => {
    checkPage('test/arch/fixtures/events.jsonl', withNewEvents);
  });

  it('leave nothing out', () => {
    const [reference, events] = [apiReferencePage(), eventsPage()];
    for (const { id, paths } of BACKEND_ENDPOINTS) for (const text of [`### ${id}\n`, ...paths]) expect(reference).toContain(text);
    for (const type of Object.keys(PERSONAL_FIELDS)) expect(events).toContain(`### ${type}\n`);
  });
});

describe('the variables of processes', () => {
  const variables = new Set(PROCESSES.flatMap(([, read]) => settingsOf(read).map(({ name }) => name)));
  const shown = (text: string): readonly string[] => [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name = '']) => name);

  it('stand in no table that is written by hand', () => {
    expect(pages().filter((page) => shown(withoutSettings(page)).some((name) => variables.has(name)))).toEqual([]);
  });

  it('stand in a table for each process, and in .env.example under its name', () => {
    const tables = pages().map((page) => shown(withSettings(page)));
    const sections = new Map(
      envExample()
        .split(/^# ==== (?=.+ ====$)/m)
        .slice(1)
        .map((section) => [section.slice(0, section.indexOf(' ====')), section]),
    );
    for (const [command, read] of PROCESSES) {
      const names = settingsOf(read).map(({ name }) => name);
      expect(
        tables.some((table) => names.every((name) => table.includes(name))),
        command,
      ).toBe(true);
      expect(
        [...(sections.get(command) ?? '').matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name),
        command,
      ).toEqual(names);
    }
  });

  it('have the defaults that .env.example shows, and none where the value is a secret', () => {
    const [section = ''] = envExample().split('# ==== npm run start:directory');
    const given = parseEnv(section.replaceAll(/^#(?=[A-Z_]+=)/gm, ''));
    const { adminPort, ...settings } = readSettings(readStandaloneSettings, {});
    expect(Object.keys(given)).toContain('PORT');
    expect(readSettings(readStandaloneSettings, given as Record<string, string>)).toEqual({
      ...settings,
      adminPort: { ...(adminPort as object), isDefault: false },
    });
    for (const name of ['NATS_PASSWORD', 'MONGODB_URL', 'REDIS_URL']) expect(envExample()).toMatch(new RegExp(`^#${name}=$`, 'm'));
    expect(
      envExample()
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#')),
    ).toEqual([]);
  });
});
