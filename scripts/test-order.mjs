// `npm run test:order`: the suites that share a process run in random orders of their files, and then each in a process of its own.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, requireNode, root } from './prepare.mjs';

const HELP = `npm run test:order -- [options]
  --runs N   orders (10); 0 runs the files alone only
  --seed S   of the first order; each next one adds 1 (default: a new one, printed)
`;

const readArguments = () => {
  try {
    const {
      runs = '10',
      seed = String(Date.now() % 1_000_000),
      help,
    } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } } }).values;
    if (help) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    if ([runs, seed].every((value) => /^\d{1,9}$/.test(value))) return { runs: Number(runs), seed: Number(seed) };
    throw new Error('--runs and --seed are whole numbers.');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${HELP}`);
    process.exit(2);
  }
};

/** Ends at the first failure: its order is the one to look at. */
const run = (what, args) => {
  process.stdout.write(`\n${what}\n`);
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'quick', '--reporter', 'dot', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status === 0) return;
  process.stdout.write(`FAILED: ${what}\n`);
  process.exit(1);
};

const { runs, seed } = readArguments();
requireNode();
await ensureInstalled('all');
for (let order = 0; order < runs; order += 1) {
  run(`Order ${order + 1} of ${runs}, again: npm run test:order -- --runs 1 --seed ${seed + order}`, [
    '--sequence.shuffle.files',
    '--sequence.seed',
    String(seed + order),
  ]);
}
run('Each file alone', ['--isolate']);
process.stdout.write(`\nGreen in ${runs} orders from seed ${seed} on, and each file alone.\n`);
