// The races of test/races in their long form: `node scripts/races.mjs --validations 1000000 --seed 7`. Ends with one line of numbers; the
// exit code is 0 when no history was wrong. `--only <part of a file name>` runs some of them; without arguments a million validations race.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, requireNode, root } from './prepare.mjs';

const DEFAULT_VALIDATIONS = '1000000';

const wholeNumber = (name, text) => {
  if (/^\d{1,12}$/.test(text)) return text;
  console.error(`--${name} must be a whole number, not ${text}.`);
  process.exit(2);
};

const readArguments = () => {
  try {
    return parseArgs({ options: { validations: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } } }).values;
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : String(error)}\nUsage: node scripts/races.mjs [--validations N] [--seed S] [--only <part of a file name>]`,
    );
    process.exit(2);
  }
};

const runRaces = (only, env) =>
  new Promise((resolve) => {
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', `test/races/${only}`];
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
    child.once('exit', (code) => resolve(code ?? 1));
  });

/** One line per race that came to its end; none from one that failed. */
const finishedRaces = (file) => {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
};

const sumOf = (races, name) => races.reduce((sum, { numbers }) => sum + (numbers[name] ?? 0), 0).toLocaleString('en');

const { validations = DEFAULT_VALIDATIONS, seed = String(Date.now() % 1_000_000), only = '' } = readArguments();
requireNode();
await ensureInstalled('all');
await ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'keyfence-races-'));
const report = join(folder, 'numbers.jsonl');
const env = { RACES_VALIDATIONS: wholeNumber('validations', validations), RACES_SEED: wholeNumber('seed', seed), RACES_REPORT: report };
console.log(`Races with seed ${seed} until ${Number(validations).toLocaleString('en')} validations have raced a denial …`);
const code = await runRaces(only, env);
const races = finishedRaces(report);
rmSync(folder, { recursive: true, force: true });
const counts = `${sumOf(races, 'racing')} racing validations of ${sumOf(races, 'validations')}, ${sumOf(races, 'undecided')} undecided`;
console.log(`${code === 0 ? 'No violation' : 'FAILED'}: ${races.length} races, ${counts}, seed ${seed}`);
process.exit(code);
