// How fast are commands, beside the least that durability costs here? Creates at 1, 8 and 64 clients beside bare durable inserts, one by
// one and in transactions as large as group commit made its own; blocks beside single durable inserts. All in turns in one run.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'libsql';
import { startInserts } from './bare-inserts.mjs';
import { distribution, median, quantile, setting, spread } from './numbers.mjs';
import { benchFolder, scoped, startLoad } from './processes.mjs';
import { measure, printMachine } from './rounds.mjs';
import { post, postText, startStandalone } from './standalone.mjs';

const CLIENTS = [1, 8, 64];
const OWNERS = 64;
const KEYS_PATH = '/api/backend/v1/end_user_api_keys';
const WARM_UP_SECONDS = 4;
const ASKED_MS = 30_000;

/** The server with its log's inserts counted; `batches()` says how many there were since the last time. */
export const startCounted = async (entry) => {
  process.env.BENCH_EVENT_LOG = join(dirname(entry), '../../../libs/adapters/sqlite/src/sqlite-event-log.js');
  const server = await startStandalone(entry, { imports: [join(benchFolder, 'count-inserts.mjs')] });
  const file = join(server.dataDir, 'inserts.json');
  let last = { inserts: 0, commits: 0 };
  const batches = async () => {
    rmSync(file, { force: true });
    server.process.child.kill('SIGUSR2');
    const until = performance.now() + ASKED_MS;
    while (!existsSync(file)) {
      if (performance.now() > until) throw new Error('The server does not say how many inserts it made.');
      await pause(5);
    }
    const now = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(file);
    const since = { inserts: now.inserts - last.inserts, commits: now.commits - last.commits };
    last = now;
    return since;
  };
  return { ...server, name: 'commands', batches };
};

const createUsers = async (server, from, count) => {
  const users = [];
  for (let index = from; index < from + count; index += 1) users.push(JSON.parse(await post(server, '/api/backend/v1/user/', { email: `owner-${index}@example.test` })).user_id);
  return users;
};

/** Bytes of what the log stores of one create: all inserts here are of rows as large. */
const bytesOfCreate = ({ dataDir }) => {
  const log = new Database(join(dataDir, 'log.db'));
  log.pragma('query_only = 1');
  const [row] = log.prepare('SELECT length(prev) + length(tags) + length(body) AS bytes FROM commits ORDER BY pos DESC LIMIT 1').all();
  log.close();
  return row.bytes;
};

const createRound = async ({ server, load, owners, seconds }, connections) => {
  const requests = owners.map((userId) => postText(server.backendKey, KEYS_PATH, { user_id: userId }));
  await server.batches();
  const result = await measure(load, server, { seconds, every: true, connections, expectedStatus: 200, requests });
  const { inserts, commits } = await server.batches();
  return { ...result, batch: commits / inserts };
};

/** One turn: creates at each number of clients, each beside inserts in transactions of the size that it reached itself. */
const createTurn = async (bench) => {
  const turn = { single: await bench.inserts.run({ seconds: bench.seconds, batch: 1, bytes: bench.bytes }) };
  for (const clients of CLIENTS) {
    const creates = await createRound(bench, clients);
    const batch = Math.max(1, Math.round(creates.batch));
    turn[clients] = { creates, bare: await bench.inserts.run({ seconds: bench.seconds / 2, batch, bytes: bench.bytes }) };
  }
  return turn;
};

const printCreates = (turns) => {
  const rows = { 'bare inserts, one by one': { 'a second': spread(turns.map(({ single }) => single.perSecond), 0) } };
  for (const clients of CLIENTS) {
    const of = (value) => turns.map((turn) => value(turn[clients], turn.single));
    rows[`creates, ${clients} clients`] = {
      'a second': spread(of(({ creates }) => creates.perSecond), 0),
      'p50 ms': median(of(({ creates }) => creates.p50Ms)).toFixed(2),
      'p99 ms': median(of(({ creates }) => creates.p99Ms)).toFixed(2),
      'CPU µs each': median(of(({ creates }) => creates.cpuPerAnswer)).toFixed(0),
      'commits an insert': median(of(({ creates }) => creates.batch)).toFixed(1),
      'ratio to one by one': distribution(of(({ creates }, single) => creates.perSecond / single.perSecond), 2),
      'bare, as large a batch': spread(of(({ bare }) => bare.perSecond), 0),
      'ratio to that': distribution(of(({ creates, bare }) => creates.perSecond / bare.perSecond), 2),
    };
  }
  console.table(rows);
};

/** Each user is blocked once: a second block would append nothing. One client, so that each waits for its own barrier alone. */
const blockTurn = async ({ server, load, inserts, bytes }, users) => {
  const requests = users.map((userId) => postText(server.backendKey, `/api/backend/v1/user/${userId}/disable`, {}));
  const bare = await inserts.run({ count: users.length, batch: 1, bytes });
  const blocks = await measure(load, server, { count: users.length, every: true, connections: 1, expectedStatus: 200, requests });
  return { bare: bare.latenciesMs, blocks: blocks.latenciesMs };
};

const latencies = (turns, name) => {
  const all = turns.flatMap((turn) => turn[name]);
  return { samples: all.length, 'p50 ms': quantile(all, 0.5).toFixed(2), 'p99 ms': quantile(all, 0.99).toFixed(2), 'max ms': quantile(all, 1).toFixed(2) };
};

const printBlocks = (turns) => {
  const ratio = (share) => distribution(turns.map(({ bare, blocks }) => quantile(blocks, share) / quantile(bare, share)), 2);
  console.table({ 'a bare durable insert': latencies(turns, 'bare'), 'a block, to its 200': { ...latencies(turns, 'blocks'), 'ratio of p50s': ratio(0.5), 'ratio of p99s': ratio(0.99) } });
};

const repeat = async (times, act) => {
  const results = [];
  for (let turn = 0; turn < times; turn += 1) results.push(await act(turn));
  return results;
};

export const benchCommands = (entry) =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 7);
    const blocks = setting('BENCH_BLOCKS', 150);
    const server = use(await startCounted(entry));
    const bench = { server, load: use(startLoad()), inserts: use(startInserts()), owners: await createUsers(server, 0, OWNERS), seconds: setting('BENCH_SECONDS', 1) };
    await createRound({ ...bench, seconds: WARM_UP_SECONDS }, 64);
    bench.bytes = bytesOfCreate(server);
    const creates = await repeat(rounds, () => createTurn(bench));
    const toBlock = await createUsers(server, OWNERS, rounds * blocks);
    const blocked = await repeat(rounds, (turn) => blockTurn(bench, toBlock.slice(turn * blocks, (turn + 1) * blocks)));
    printMachine();
    console.log(`${rounds} turns; bare inserts: libsql, WAL, synchronous FULL, ${bench.bytes} bytes a row, no index, a process of its own on the server's core`);
    console.log('\nCreating API keys over HTTP; medians (extremes), ratios within a turn as median [middle half] (extremes)');
    printCreates(creates);
    console.log('\nBlocking a user over HTTP, one client: append, barrier, answer');
    printBlocks(blocked);
  });
