// The proof of test/prove: real processes, real servers and a proxy of ours between them, broken in every way that we know and repaired again.
// `npm run prove -- --minutes 60 --seed 7`. Ends with a report; the exit code is 0 when nothing was wrong.
import { spawn, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, requireNode, root } from './prepare.mjs';

const HELP = `npm run prove -- [options]
  --minutes N      how long, at least; each fault of the list is done once in any case (default 5)
  --seed S         chooses what is asked, and which faults meet (default: a new one, printed)
  --lease MS       FENCE_LEASE_MS of the services, from 1000 (default 1000; more on a machine that is busy with other work)
  --only TEXT      only faults with this in their names, and no part without faults
  --mutant NAME    the services with a mistake of test/fence/mutants in them, such as timer-flag: ends when it is found
`;

const readArguments = () => {
  const text = /** @type {const} */ ({ type: 'string', multiple: false });
  try {
    return parseArgs({ options: { minutes: text, seed: text, lease: text, only: text, mutant: text, dist: text, json: text, help: { type: 'boolean' } } })
      .values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
    process.exit(2);
  }
};

const wholeNumber = (name, value) => {
  if (/^\d{1,9}$/.test(value)) return value;
  console.error(`--${name} must be a whole number, not ${value}.`);
  process.exit(2);
};

const commit = () => {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
};

const run = (file, args) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', file, ...args], { cwd: root, stdio: 'inherit' });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
    child.once('exit', (code) => resolve(code ?? 1));
  });

const { minutes = '5', seed = String(Date.now() % 1_000_000), lease = '1000', only, mutant, dist, json, help } = readArguments();
if (help) {
  console.log(HELP);
  process.exit(0);
}
const args = ['--minutes', wholeNumber('minutes', minutes), '--seed', wholeNumber('seed', seed), '--lease', wholeNumber('lease', lease), '--commit', commit()];
requireNode();
await ensureInstalled('all');
// What is built elsewhere takes the place of all services.
if (dist === undefined) await ensureBuilt();
let spoiled = null;
if (mutant !== undefined) {
  const { mutantCalled } = await import('../test/fence/mutants.mjs');
  const { buildEdited } = await import('./edited-build.mjs');
  const { name, edits } = mutantCalled(mutant);
  console.log(`The services have a mistake in them: ${name}.`);
  spoiled = await buildEdited(edits, ['gateway', 'directory', 'keys', 'validation']);
}
const { bundleTool } = await import('./bundle-tool.mjs');
const file = await bundleTool('test/prove/main.ts', { name: 'proof' });
const distDir = spoiled?.distDir ?? dist;
if (only !== undefined) args.push('--only', only);
if (json !== undefined) args.push('--json', json);
if (distDir !== undefined) args.push('--dist', distDir);
if (mutant !== undefined) args.push('--until-found');
const code = await run(file, args);
spoiled?.remove();
process.exit(code);
