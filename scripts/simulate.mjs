// `npm run simulate`: random schedules of faults over the fence and the log, in virtual time. The same seed does the same again.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureInstalled, requireNode } from './prepare.mjs';
import { runWorkers, sharesOf } from './simulation-workers.mjs';

requireNode();
await ensureInstalled('all');
const { bundleSimulation } = await import('../test/fence/bundle-simulation.mjs');
const { MUTANTS, mutantCalled, storeSchedules } = await import('../test/fence/mutants.mjs');

const HELP = `npm run simulate -- [options]

  --schedules <n>   how many (10000)
  --seed <n>        where to begin (1); worker w takes seed + w
  --workers <n>     processes side by side (as many as there are cores, 8 at most)
  --path <path>     one schedule of a seed again, as a failure prints it
  --shrink          after a failure, look for a shorter schedule that fails too
  --ignore <id>     violations that do not count ("recovery", "I8")
  --json            print JSON at the end and no timeline

  --mutants         list the known mistakes of the protocol
  --mutant <name>   put one of them into a copy of the sources first; the beginning of a name will do
  --replay-mutants  run each, or the one named, in the schedule that is stored beside it
  --store-mutants   search those that their schedules no longer find, and store where each was found
`;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string' },
    path: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    mutant: { type: 'string' },
    ignore: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    'replay-mutants': { type: 'boolean', default: false },
    'store-mutants': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const wholeNumber = (name, low) => {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= low) return value;
  process.stderr.write(`--${name} must be a whole number from ${low} on, not "${values[name]}".\n`);
  process.exit(2);
};

const say = (text) => void process.stdout.write(`${text}\n`);

const print = ({ totals, failure }, seconds, mutant) => {
  const { schedules = 0, answers = 0, hits = 0, acknowledged = 0, commits = 0, happened = 0 } = totals;
  say(
    `${schedules} schedules in ${seconds.toFixed(0)} s: ${happened} events, ${commits} commits, ${acknowledged} acknowledgements, ${answers} answers, ${hits} of them from memory.`,
  );
  if (failure === null) return say('No violation.');
  say(`\n${failure.timeline.join('\n')}\n\nSchedule: ${JSON.stringify(failure.schedule)}`);
  say(
    `\n${failure.violations.join('\n')}\n\nAgain: npm run simulate -- --seed ${failure.seed} --path ${failure.path}${mutant === undefined ? '' : ` --mutant "${mutant.name}"`}`,
  );
};

const run = async (mutant, options, onProgress) => {
  const { path, shrink, ignore } = options;
  return runWorkers(
    await bundleSimulation(mutant),
    sharesOf(options).map((share) => ({ ...share, path, shrink, ignore })),
    onProgress,
  );
};

const optionsOf = () => {
  const schedules = values.path === undefined ? wholeNumber('schedules', 1) : 1;
  values.workers ??= String(values.path === undefined ? Math.min(8, availableParallelism()) : 1);
  return { schedules, seed: wholeNumber('seed', 0), workers: wholeNumber('workers', 1), path: values.path, shrink: values.shrink, ignore: values.ignore };
};

const simulate = async (mutant) => {
  const options = optionsOf();
  const beganAtMs = performance.now();
  const result = await run(mutant, options, ({ schedules: done }) => {
    if (!values.json) process.stderr.write(`… ${done} of ${options.schedules}\n`);
  });
  if (values.json) say(JSON.stringify(result));
  else print(result, (performance.now() - beganAtMs) / 1_000, mutant);
  process.exitCode = result.failure === null ? 0 : 1;
};

const describeReplay = ({ name, failure, error }) =>
  error === undefined
    ? `${failure === null ? 'NOT FOUND' : 'found'}  ${name}${failure === null ? '' : `: ${failure.violations[0]}`}`
    : `BROKEN  ${name}: ${error}`;

/** Resolves with those that their schedules do not find. */
const replay = async (mutants) => {
  const { replayMutants } = await import('../test/fence/replay-mutants.mjs');
  const missing = [];
  await replayMutants(mutants, (result) => {
    if (result.failure === null) missing.push(result);
    say(values.json ? JSON.stringify(result) : describeReplay(result));
  });
  if (missing.length > 0) process.exitCode = 1;
  return missing;
};

const store = async (mutants) => {
  const missing = await replay(mutants);
  const found = new Map();
  for (const { name } of missing.filter(({ error }) => error === undefined)) {
    const { failure, totals } = await run(mutantCalled(name), { ...optionsOf(), path: undefined, ignore: 'recovery' }, () => undefined);
    say(failure === null ? `"${name}" is not found in ${totals.schedules} schedules.` : `"${name}" is found with seed ${failure.seed}, path ${failure.path}.`);
    if (failure !== null) found.set(name, failure);
  }
  storeSchedules(found);
  process.exitCode = found.size === missing.length ? 0 : 1;
};

const main = async () => {
  if (values.help) return say(HELP);
  if (values.mutants) return say(MUTANTS.map(({ name }) => name).join('\n'));
  const mutant = values.mutant === undefined ? undefined : mutantCalled(values.mutant);
  if (values['replay-mutants']) return replay(mutant === undefined ? MUTANTS : [mutant]);
  if (values['store-mutants']) return store(mutant === undefined ? MUTANTS : [mutant]);
  return simulate(mutant);
};

await main();
