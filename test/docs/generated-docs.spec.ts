import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '@app/contracts';
import { PERSONAL_FIELDS } from '@app/domain';
import { apiReferencePage } from './api-reference-page.js';
import { errorsPage } from './errors-page.js';
import { eventsPage } from './events-page.js';

const DOCS = join(import.meta.dirname, '../../docs');
const PAGES: readonly (readonly [name: string, render: () => string])[] = [
  ['api-reference.md', apiReferencePage],
  ['errors.md', errorsPage],
  ['events.md', eventsPage],
];
// The error filter is asked for every answer it has, the undecided one included, which it warns of.
Logger.overrideLogger(false);

/** Set by `npm run docs:generate`: the pages are written first, and compared like always. */
const WRITE = process.env['WRITE_DOCS'] === '1';

const readPage = (name: string): string => {
  try {
    return readFileSync(join(DOCS, name), 'utf8');
  } catch {
    return '';
  }
};

describe('generated pages', () => {
  it.each(PAGES)('docs/%s says what the code says (npm run docs:generate)', (name, render) => {
    const expected = render();
    if (WRITE) writeFileSync(join(DOCS, name), expected);
    const actual = readPage(name);
    if (actual === expected) return;
    const line = expected.split('\n').findIndex((text, index) => text !== actual.split('\n')[index]) + 1;
    expect.fail(`docs/${name} differs from the code from line ${line} on. Run: npm run docs:generate`);
  });

  it('leave nothing out', () => {
    const [reference, events] = [apiReferencePage(), eventsPage()];
    for (const { id, paths } of ENDPOINTS) for (const text of [`### ${id}\n`, ...paths]) expect(reference).toContain(text);
    for (const type of Object.keys(PERSONAL_FIELDS)) expect(events).toContain(`### ${type}\n`);
  });
});
