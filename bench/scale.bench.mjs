// What does a million keys cost? Start-up, memory for each key, validations beside a log of a thousand, a block of their owner, and the
// bookkeeping behind it. Sizes: BENCH_SCALE_KEYS (of the one user, 1 000 000), BENCH_SCALE_CACHED (keys in memory, 300 000),
// BENCH_STARTS, BENCH_BLOCK_TURNS, BENCH_CASCADE_SECONDS (how long to look at the cascade), BENCH_ROUNDS, BENCH_SECONDS,
// BENCH_CONNECTIONS; BENCH_SCALE_ONLY=start,validate,memory,blocks chooses parts. BENCH_NODE_ARGS (--cpu-prof) goes to the servers.
import { startInserts } from './bare-inserts.mjs';
import { median, setting, shuffled } from './numbers.mjs';
import { scoped, startLoad } from './processes.mjs';
import { printMachine, printResults, ratiosOf, runRounds } from './rounds.mjs';
import { blockRows, blockTurns, cascadeOf, printCascade } from './scale-blocks.mjs';
import { memorySteps } from './scale-memory.mjs';
import { filledFolder, megabytes, memoryOf, startOn, watchFiles } from './scale-server.mjs';
import { startRow, startTimes } from './scale-start.mjs';
import { requestText } from './standalone.mjs';

const KEYS = setting('BENCH_SCALE_KEYS', 1_000_000);
const CACHED = Math.min(setting('BENCH_SCALE_CACHED', 300_000), KEYS);
/** Read more often than all others, so in memory on both servers: 200 users with 5 keys each. */
const WORKING = { name: 'working', users: 200, keysPerUser: 5, tokensPerUser: 5 };
const SIZES = [
  { name: '1 key', users: 20, keysPerUser: 1 },
  { name: '1 000 keys', users: 5, keysPerUser: 1_000 },
  { name: `${KEYS / 10} keys`, users: 1, keysPerUser: KEYS / 10 },
];
const MANY = { name: `${KEYS} keys`, users: 1, keysPerUser: KEYS, tokensPerUser: CACHED };

const heading = (text) => console.log(`\n${text}`);
const tokensOf = (users) => users.flatMap(({ tokens }) => tokens);


/** While the read models are made in the background they take the server's core from whatever is measured. */
const waitForReadModels = async (folder) => {
  const server = await startOn(folder);
  const files = watchFiles(folder);
  const from = files.projected();
  const startedAt = performance.now();
  await files.untilProjected();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { peak } = memoryOf(server);
  heading(`Read models of ${files.head() - from} commits made in ${seconds.toFixed(0)} s, ${((files.head() - from) / seconds).toFixed(0)} commits a second; peak memory ${megabytes(peak)} MB.`);
  files.stop();
  await server.stop();
};

/** Without its read models first, because afterwards they are made again once and for all that follows. */
const benchStart = async (folder, times) => {
  const [token] = tokensOf(folder.groups.working);
  const without = times === 0 ? [] : await startTimes(folder, token, times, true);
  await waitForReadModels(folder);
  if (times === 0) return;
  const current = await startTimes(folder, token, times);
  heading('From the start of the process to its first "valid"; the process before was killed. Expected: 3 000 ms at most.');
  console.table({ 'read models there': startRow(current), 'read models deleted': startRow(without) });
};

const benchValidate = (entry, folder) =>
  scoped(async (use) => {
    const size = { seconds: setting('BENCH_SECONDS', 2), connections: setting('BENCH_CONNECTIONS', 64), expectedStatus: 200 };
    const rounds = setting('BENCH_ROUNDS', 7);
    const smallFolder = await filledFolder(entry, [WORKING]);
    const small = use(await startOn(smallFolder));
    const large = use(await startOn(folder));
    const load = use(startLoad());
    const requestsOf = (server, tokens) => tokens.map((token) => requestText(server.backendKey, token));
    const subjects = [
      { ...small, name: '1 000 keys', round: { requests: requestsOf(small, tokensOf(smallFolder.groups.working)) } },
      { ...large, name: `${KEYS} keys, the same 1 000`, round: { requests: requestsOf(large, tokensOf(folder.groups.working)) } },
    ];
    heading('Validations with a short and a long log: 1 000 keys in memory on both. Expected: a ratio of 0.9 or more.');
    const results = await runRounds(load, subjects, size, rounds);
    printResults(results, size, rounds);
    const [reference] = results.values();
    const spreadOut = { ...subjects[1], name: `${KEYS} keys, any of them`, round: { requests: requestsOf(large, shuffled(folder.groups[MANY.name][0].tokens).slice(0, 100_000)) } };
    const any = (await runRounds(load, [spreadOut], size, rounds, { warmUpSeconds: size.seconds })).get(spreadOut.name);
    heading(`For comparison, not in turns with them: any of 100 000 keys, so most are looked up in the log first: median ${median(any.map(({ perSecond }) => perSecond)).toFixed(0)}/s, ratio ${median(ratiosOf(any, reference)).toFixed(2)}.`);
  });

const benchMemory = (folder) =>
  scoped(async (use) => {
    const server = use(await startOn(folder));
    const load = use(startLoad());
    // The first 100 000 also fill the authority's folded states, of which there are never more, and the code is compiled.
    const steps = [Math.min(1_000, CACHED / 4), Math.min(120_000, CACHED / 2), CACHED];
    heading('Memory for each key: keys of one user without metadata, each validated once. Expected: 700 bytes of heap in the last row.');
    console.table(await memorySteps(load, server, folder.groups[MANY.name][0].tokens, steps));
  });

const benchBlocks = (folder) =>
  scoped(async (use) => {
    const server = use(await startOn(folder));
    const load = use(startLoad());
    const inserts = use(startInserts());
    const sizes = [...SIZES, MANY].map(({ name }) => ({ name, users: folder.groups[name] }));
    const [user] = folder.groups[MANY.name];
    const [other] = folder.groups.working;
    heading(`The block of a user with ${KEYS} keys, and its bookkeeping`);
    printCascade(await cascadeOf(load, server, { user, keys: KEYS, other, seconds: setting('BENCH_CASCADE_SECONDS', 60) }));
    heading('Blocks of users of every size in turns, all beside the bookkeeping of those before; one client, to the 200');
    console.table(blockRows(await blockTurns(load, server, inserts, sizes, setting('BENCH_BLOCK_TURNS', 60))));
  });

export const benchScale = async (entry) => {
  const only = (process.env.BENCH_SCALE_ONLY ?? 'start,validate,memory,blocks').split(',');
  const folder = await filledFolder(entry, [WORKING, ...SIZES, MANY], { reinstateKeysOnUnblock: true });
  printMachine();
  await benchStart(folder, only.includes('start') ? setting('BENCH_STARTS', 5) : 0);
  if (only.includes('validate')) await benchValidate(entry, folder);
  if (only.includes('memory')) await benchMemory(folder);
  if (only.includes('blocks')) await benchBlocks(folder);
};
