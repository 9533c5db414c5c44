// Are all tests still there? Compares two lists of test names; files may have moved, so a test is known by its suites and its name.
//   node test/arch/inventory.mjs --write before.json     writes the names of every case in both modes
//   node test/arch/inventory.mjs before.json after.json  prints what is gone and what is new; the exit code is 1 when something is gone
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const USAGE = 'Usage: node test/arch/inventory.mjs --write <list.json> | <before.json> <after.json>\n';

const end = (text, code) => {
  process.stderr.write(text);
  process.exit(code);
};

const write = (file) => {
  const args = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'list', `--json=${resolve(file)}`];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, MODES: 'all' } });
  process.exit(status ?? 1);
};

const PLACE = /\/((?:apps|libs|tools|test)\/.*)$/;
/** A seed is new in each run. */
const nameOf = ({ name }) => name.replaceAll(/\(seed [^)]*\)/g, '(seed)');
const fileOf = ({ file }) => PLACE.exec(file)?.[1] ?? file;

/** Two cases of the same name are two. */
const countsOf = (tests) => {
  const counts = new Map();
  for (const test of tests) {
    const { count, files } = counts.get(nameOf(test)) ?? { count: 0, files: new Set() };
    counts.set(nameOf(test), { count: count + 1, files: files.add(fileOf(test)) });
  }
  return counts;
};

/** What `these` have more often than `others`. */
const surplus = (these, others) =>
  [...these].map(([name, { count, files }]) => ({ name, times: count - (others.get(name)?.count ?? 0), files: [...files] })).filter(({ times }) => times > 0);

const total = (rows) => rows.reduce((sum, { times }) => sum + times, 0);
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const tableOf = (rows) =>
  ['| File | Test | Times |', '| --- | --- | --- |', ...rows.map(({ name, times, files }) => `| ${files.join(', ')} | ${cell(name)} | ${times} |`)].join('\n');
const sectionOf = (title, rows) => `## ${title}: ${total(rows)}\n\n${rows.length === 0 ? '' : `${tableOf(rows)}\n\n`}`;

const compare = (beforeFile, afterFile) => {
  const [before, after] = [beforeFile, afterFile].map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const [countsBefore, countsAfter] = [countsOf(before), countsOf(after)];
  const gone = surplus(countsBefore, countsAfter);
  const added = surplus(countsAfter, countsBefore);
  process.stdout.write(`${sectionOf('Gone', gone)}${sectionOf('New', added)}`);
  process.stdout.write(`${before.length} tests before, ${after.length} after: ${total(gone)} gone, ${total(added)} new.\n`);
  process.exit(gone.length === 0 ? 0 : 1);
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'string' } } });
if (values.write !== undefined && positionals.length === 0) write(values.write);
else if (values.write === undefined && positionals.length === 2) compare(...positionals);
else end(USAGE, 2);
