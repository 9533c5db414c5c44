// `npm run simulate`: random schedules of faults over the fence and the log, in virtual time. The same seed does the same again.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ensureInstalled, requireNode } from './prepare.mjs';

requireNode();
await ensureInstalled('all');
const { bundleSimulation } = await import('../test/fence/bundle-simulation.mjs');
const { MUTANTS } = await import('../test/fence/mutants.mjs');

const HELP = `npm run simulate -- [options]

  --schedules <n>   how many (10000)
  --seed <n>        where to begin (1); worker w takes seed + w
  --workers <n>     processes side by side (as many as there are cores, 8 at most)
  --path <path>     one schedule of a seed again, as a failure prints it
  --shrink          after a failure, look for a shorter schedule that fails too
  --mutant <name>   put a known mistake into the protocol first; --mutants lists them
  --ignore <id>     violations that do not count ("recovery", "I8")
  --json            print one line of JSON at the end and no timeline
`;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' }, workers: { type: 'string' }, path: { type: 'string' },
    shrink: { type: 'boolean', default: false }, mutant: { type: 'string' }, ignore: { type: 'string' }, mutants: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
  },
});

const wholeNumber = (name, low) => {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= low) return value;
  process.stderr.write(`--${name} must be a whole number from ${low} on, not "${values[name]}".\n`);
  process.exit(2);
};

const runWorker = (file, { schedules, seed }, onProgress) => {
  const args = [file, '--schedules', String(schedules), '--seed', String(seed), ...(values.path === undefined ? [] : ['--path', values.path]), ...(values.shrink ? ['--shrink'] : []), ...(values.ignore === undefined ? [] : ['--ignore', values.ignore])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = null;
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = JSON.parse(line);
    if (last.progress !== undefined) onProgress(last.progress);
  });
  const ended = new Promise((resolve, reject) => {
    child.once('close', (code) => (code === 0 && last?.totals !== undefined ? resolve(last) : reject(new Error(`A worker ended with ${code}.`))));
  });
  return { child, ended };
};

const sum = (all) => all.reduce((total, one) => Object.fromEntries(Object.entries(one).map(([name, value]) => [name, value + (total[name] ?? 0)])), {});

/** The first failure ends the others. */
const runAll = async (file, wanted, onProgress) => {
  const progress = wanted.map(() => ({}));
  const workers = wanted.map((one, index) => runWorker(file, one, (now) => onProgress(sum(Object.assign(progress, { [index]: now })))));
  const results = await Promise.all(workers.map(async ({ ended }, index) => {
    const result = await ended.catch((error) => (stopped ? { totals: progress[index], failure: null } : Promise.reject(error)));
    if (result.failure !== null) stopAll(workers);
    return result;
  }));
  return { totals: sum(results.map(({ totals }) => totals)), failure: results.find(({ failure }) => failure !== null)?.failure ?? null };
};

let stopped = false;
const stopAll = (workers) => {
  stopped = true;
  for (const { child } of workers) child.kill('SIGKILL');
};

const print = ({ totals, failure }, seconds) => {
  const { schedules = 0, answers = 0, hits = 0, acknowledged = 0, commits = 0, happened = 0 } = totals;
  process.stdout.write(`${schedules} schedules in ${seconds.toFixed(0)} s: ${happened} events, ${commits} commits, ${acknowledged} acknowledgements, ${answers} answers, ${hits} of them from memory.\n`);
  if (failure === null) {
    process.stdout.write('No violation.\n');
    return;
  }
  process.stdout.write(`\n${failure.timeline.join('\n')}\n\nSchedule: ${JSON.stringify(failure.schedule)}\n`);
  process.stdout.write(`\n${failure.violations.join('\n')}\n\nAgain: npm run simulate -- --seed ${failure.seed} --path ${failure.path}${values.mutant === undefined ? '' : ` --mutant "${values.mutant}"`}\n`);
};

const main = async () => {
  if (values.help) return process.stdout.write(HELP);
  if (values.mutants) return process.stdout.write(`${MUTANTS.map(({ name }) => name).join('\n')}\n`);
  const schedules = values.path === undefined ? wholeNumber('schedules', 1) : 1;
  const seed = wholeNumber('seed', 0);
  values.workers ??= String(values.path === undefined ? Math.min(8, availableParallelism()) : 1);
  const workers = Math.min(wholeNumber('workers', 1), schedules);
  const wanted = Array.from({ length: workers }, (_, index) => ({ seed: seed + index, schedules: Math.floor((schedules + index) / workers) }));
  const file = await bundleSimulation(values.mutant);
  const beganAtMs = performance.now();
  try {
    const result = await runAll(file, wanted, ({ schedules: done }) => {
      if (!values.json) process.stderr.write(`… ${done} of ${schedules}\n`);
    });
    if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else print(result, (performance.now() - beganAtMs) / 1_000);
    process.exitCode = result.failure === null ? 0 : 1;
  } finally {
    rmSync(file, { force: true });
  }
};

await main();
