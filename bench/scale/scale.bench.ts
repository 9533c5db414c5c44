// What does a million keys cost? Start-up, memory for each key, validations beside a log of a thousand, a block of their owner, and the
// bookkeeping behind it. Sizes: BENCH_SCALE_KEYS (of the one user, 1 000 000), BENCH_SCALE_CACHED (keys in memory, 300 000),
// BENCH_STARTS, BENCH_BLOCK_TURNS, BENCH_CASCADE_SECONDS (how long to look at the cascade), BENCH_ROUNDS, BENCH_SECONDS,
// BENCH_CONNECTIONS; BENCH_SCALE_ONLY=start,validate,memory,blocks chooses parts. BENCH_NODE_ARGS (--cpu-prof) goes to the servers.
import { startBareWork } from '../baselines/baseline-protocol.js';
import { type FilledUser, type UserGroup, usersOf } from '../fill-log/fill-log-protocol.js';
import { validateText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { counted, type Figures, once, overRounds, ratios } from '../harness/figures.js';
import { ofOneKind, startLoad } from '../harness/load-protocol.js';
import { watchFiles } from '../harness/log-files.js';
import { inTurn, median, quantile, setting, shuffled } from '../harness/numbers.js';
import { scoped } from '../harness/processes.js';
import { lanesOf, printMachine, printResults, ratiosOf, resultsOf, runRounds } from '../harness/rounds.js';
import type { StandaloneServer } from '../harness/standalone.js';
import { blockTurns, printBlocks } from './block-turns.js';
import { type FilledFolder, filledFolder, megabytes, memoryOf, startOnFilled } from './filled-server.js';
import { cascadeOf, printCascade } from './largest-cascade.js';
import { memorySteps, printMemorySteps } from './memory-steps.js';
import { startRow, type StartTimes, startTimes, startTimesWithoutReadModels } from './start-times.js';

const KEYS = setting('BENCH_SCALE_KEYS', 1_000_000);
const CACHED = Math.min(setting('BENCH_SCALE_CACHED', 300_000), KEYS);
/** Read more often than all others, so in memory on both servers: 200 users with 5 keys each. */
const WORKING: UserGroup = { name: 'working', users: 200, keysPerUser: 5, tokensPerUser: 5 };
const MANY: UserGroup = { name: `${String(KEYS)} keys`, users: 1, keysPerUser: KEYS, tokensPerUser: CACHED };
const SIZES: readonly UserGroup[] = [
  { name: '1 key', users: 20, keysPerUser: 1 },
  { name: '1 000 keys', users: 5, keysPerUser: 1_000 },
  { name: `a tenth of ${String(KEYS)} keys`, users: 1, keysPerUser: KEYS / 10 },
  MANY,
];
const PARTS = 'start,validate,memory,blocks';
const ANY_OF_KEYS = 100_000;
/** Keys in memory after the first steps, where so many are to be cached at all. */
const FIRST_STEPS = [1_000, 120_000] as const;

const heading = (text: string): void => console.log(`\n${text}`);
const tokensOf = (users: readonly FilledUser[]): readonly string[] => users.flatMap(({ tokens }) => tokens);
const ownerOfMany = (folder: FilledFolder): FilledUser => inTurn(usersOf(folder, MANY.name), 0);

/** While the read models are made in the background they take the server's core from whatever is measured. */
const waitForReadModels = async (folder: FilledFolder): Promise<void> => {
  const server = await startOnFilled(folder);
  const files = watchFiles(folder.dataDir);
  const from = files.projected();
  const startedAt = performance.now();
  await files.untilProjected();
  const seconds = (performance.now() - startedAt) / 1_000;
  const made = files.head() - from;
  const rate = `${(made / seconds).toFixed(0)} commits a second; peak memory ${megabytes(memoryOf(server.process).peakBytes)} MB`;
  heading(`Read models of ${String(made)} commits made in ${seconds.toFixed(0)} s, ${rate}.`);
  await files.stop();
  await server.stop();
};

/** Without its read models first, because afterwards they are made again once and for all that follows. */
const benchStart = async (folder: FilledFolder, times: number): Promise<Figures> => {
  const token = inTurn(tokensOf(usersOf(folder, WORKING.name)), 0);
  const without = await startTimesWithoutReadModels(folder, token, times);
  await waitForReadModels(folder);
  if (times === 0) return {};
  const current = await startTimes(folder, token, times);
  heading('From the start of the process to its first "valid"; the process before was killed. Expected: 3 000 ms at most.');
  console.table({ 'read models there': startRow(current), 'read models deleted': startRow(without) });
  const seconds = (starts: readonly StartTimes[]) =>
    overRounds(
      starts.map(({ validMs }) => validMs / 1_000),
      's',
    );
  return { firstValid: seconds(current), firstValidWithoutReadModels: seconds(without) };
};

const subjectOn = (name: string, server: StandaloneServer, tokens: readonly string[]) => ({
  name,
  port: server.port,
  process: server.process,
  round: ofOneKind(tokens.map((token) => validateText(server.backendKey, token))),
});

const benchValidate = (folder: FilledFolder): Promise<Figures> =>
  scoped(async (use) => {
    const size = { seconds: setting('BENCH_SECONDS', 2), connections: setting('BENCH_CONNECTIONS', 64) };
    const rounds = setting('BENCH_ROUNDS', 7);
    const smallFolder = await filledFolder({ groups: [WORKING] });
    const small = use(await startOnFilled(smallFolder));
    const large = use(await startOnFilled(folder));
    const load = use(startLoad());
    const [short, long] = ['1 000 keys', `${String(KEYS)} keys, the same 1 000`];
    const subjects = [subjectOn(short, small, tokensOf(usersOf(smallFolder, WORKING.name))), subjectOn(long, large, tokensOf(usersOf(folder, WORKING.name)))];
    heading('Validations with a short and a long log: 1 000 keys in memory on both. Expected: a ratio of 0.9 or more.');
    const warmUpSeconds = setting('BENCH_WARM_UP_SECONDS', 12);
    const results = await runRounds(load, subjects, size, { rounds, warmUpSeconds });
    printResults(results, { rounds, seconds: size.seconds, lanes: lanesOf(size.connections) });
    const anyKeys = subjectOn('any', large, shuffled(ownerOfMany(folder).tokens).slice(0, ANY_OF_KEYS));
    const any = resultsOf(await runRounds(load, [anyKeys], size, { rounds, warmUpSeconds: size.seconds }), anyKeys.name);
    const anyRatio = median(ratiosOf(any, resultsOf(results, short))).toFixed(2);
    const anyRate = `median ${median(any.map(({ perSecond }) => perSecond)).toFixed(0)}/s, ratio ${anyRatio}`;
    heading(`For comparison, not in turns with them: any of ${String(ANY_OF_KEYS)} keys, so most are looked up in the log first: ${anyRate}.`);
    return { longToShortLog: ratios(ratiosOf(resultsOf(results, long), resultsOf(results, short))) };
  });

const benchMemory = (folder: FilledFolder): Promise<Figures> =>
  scoped(async (use) => {
    const server = use(await startOnFilled(folder));
    const load = use(startLoad());
    // The first 100 000 also fill the authority's folded states, of which there are never more, and the code is compiled.
    const steps = [Math.min(FIRST_STEPS[0], CACHED / 4), Math.min(FIRST_STEPS[1], CACHED / 2), CACHED];
    heading('Memory for each key: keys of one user without metadata, each validated once. Expected: 700 bytes of heap in the last row.');
    const measured = await memorySteps(load, server, ownerOfMany(folder).tokens, steps);
    printMemorySteps(measured);
    const last = measured.at(-1);
    return last === undefined ? {} : { heapPerKey: once(last.heapBytes, 'bytes') };
  });

const benchBlocks = (folder: FilledFolder): Promise<Figures> =>
  scoped(async (use) => {
    const server = use(await startOnFilled(folder));
    const load = use(startLoad());
    const inserts = use(await startBareWork({ kind: 'durable-inserts' }));
    const sizes = SIZES.map(({ name }) => ({ name, users: usersOf(folder, name) }));
    const other = inTurn(usersOf(folder, WORKING.name), 0);
    heading(`The block of a user with ${String(KEYS)} keys, and its bookkeeping`);
    const seconds = setting('BENCH_CASCADE_SECONDS', 60);
    printCascade(await cascadeOf(load, server, { user: ownerOfMany(folder), keys: KEYS, other, seconds }));
    heading('Blocks of users of every size in turns, all beside the bookkeeping of those before; one client, to the 200');
    const blocks = await blockTurns(load, server, inserts, sizes, setting('BENCH_BLOCK_TURNS', 60));
    printBlocks(blocks);
    return { blockOfLargest: once(quantile(blocks.sizes.at(-1)?.blocksMs ?? [], 0.5), 'ms') };
  });

export const benchScale: RunBench = async () => {
  const only = (process.env['BENCH_SCALE_ONLY'] ?? PARTS).split(',');
  const folder = await filledFolder({ groups: [WORKING, ...SIZES], reinstateKeysOnUnblock: true });
  printMachine();
  const figures: Record<string, Figures[string]> = { keys: counted(folder.keys, 'keys') };
  Object.assign(figures, await benchStart(folder, only.includes('start') ? setting('BENCH_STARTS', 5) : 0));
  if (only.includes('validate')) Object.assign(figures, await benchValidate(folder));
  if (only.includes('memory')) Object.assign(figures, await benchMemory(folder));
  if (only.includes('blocks')) Object.assign(figures, await benchBlocks(folder));
  return { figures };
};
