// The protocol with one mistake each: the list of fence.md, and some more of the log's and of end users'. The data is in mutants/*.yaml.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseDocument } from 'yaml';

const FOLDER = join(import.meta.dirname, 'mutants');
/** As the files are written: a value is one line, however long. */
const FORM = { lineWidth: 0, singleQuote: true };

const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .toSorted()
  .map((name) => join(FOLDER, name));

export const MUTANTS = files.flatMap((file) => parse(readFileSync(file, 'utf8')));

export const slugOf = (name) => name.toLowerCase().replaceAll(/[^a-z]+/g, '-');

/** `timer-flag` finds "timer flag instead of clock". */
export const mutantCalled = (name) => {
  const exact = MUTANTS.filter((one) => one.name === name);
  const found = exact.length === 1 ? exact : MUTANTS.filter((one) => `${slugOf(one.name)}-`.startsWith(`${slugOf(name)}-`));
  if (found.length !== 1) throw new Error(`"${name}" names ${found.length} mutants, of: ${MUTANTS.map((one) => slugOf(one.name)).join(', ')}`);
  return found[0];
};

/** Writes each schedule beside its mutant. `schedules`: a Map from names to `{ seed, path }`. */
export const storeSchedules = (schedules) => {
  for (const file of files) {
    const document = parseDocument(readFileSync(file, 'utf8'));
    for (const mutant of document.contents.items) {
      const stored = schedules.get(mutant.get('name'));
      if (stored === undefined) continue;
      mutant.set('seed', stored.seed);
      mutant.set('path', stored.path);
    }
    writeFileSync(file, document.toString(FORM));
  }
};
