// Runs the benches that scripts/bench.mjs names: names, and `--json` with the file that gets the results.
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { projectFolder } from '@tools/stack/src/project-folder.js';
import { BENCHES } from './benches.js';
import { measuredHere, mergeResult } from './harness/results-file.js';

const HELP = `npm run bench -- [name ...] [--json FILE]
Without names: all but the long ones and those of the services.
  --json FILE   writes the figures there; other benches' results in the file stay

${Object.entries(BENCHES)
  .map(([name, { what }]) => `  ${name.padEnd(19)}${what}`)
  .join('\n')}

Sizes: BENCH_ROUNDS, BENCH_SECONDS, BENCH_CONNECTIONS, BENCH_WARM_UP_SECONDS, and what the head of each *.bench.ts in bench/ names.
Those of the services need NATS, Redis and MongoDB on this machine: npm run stack:install.
`;

const giveUp = (why: string): never => {
  process.stderr.write(`${why}\n\n${HELP}`);
  process.exit(2);
};

const readArguments = () => {
  try {
    return parseArgs({ options: { json: { type: 'string' }, help: { type: 'boolean', default: false } }, allowPositionals: true });
  } catch (error) {
    return giveUp(error instanceof Error ? error.message : String(error));
  }
};

/** Whether it came to its end. */
const runOne = async (name: string, json: string | undefined): Promise<boolean> => {
  const bench = BENCHES[name] ?? giveUp(`There is no benchmark ${name}.`);
  const startedAt = performance.now();
  process.stdout.write(`\n── ${name}: ${bench.what}\n`);
  try {
    const found = await (await bench.load())();
    if (json !== undefined) mergeResult(json, name, { measured: measuredHere(projectFolder()), ...found });
    return true;
  } catch (error) {
    process.stderr.write(`${name} failed: ${error instanceof Error ? String(error.stack) : String(error)}\n`);
    return false;
  } finally {
    process.stdout.write(`── ${name} took ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`);
  }
};

const {
  values: { json, help },
  positionals,
} = readArguments();
if (help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) giveUp(`There is no benchmark ${unknown.join(', ')}.`);
const names = positionals.length > 0 ? [...new Set(positionals)] : Object.keys(BENCHES).filter((name) => BENCHES[name]?.byNameOnly === false);
const failed: string[] = [];
for (const name of names) if (!(await runOne(name, json === undefined ? undefined : resolve(json)))) failed.push(name);
if (failed.length > 0) process.stderr.write(`Failed: ${failed.join(', ')}\n`);
process.exit(failed.length > 0 ? 1 : 0);
