// How many keys are created a second through gateway, NATS and keys, at 1, 8 and 64 clients, by one replica of keys and by two? Beside
// inserts into the same store that do nothing else, one document at a time and as many at once as there are clients. In turns in one run.
// BENCH_ROUNDS, BENCH_SECONDS change its size.
import { COMMIT_BYTES, startAppends } from './bare-appends.mjs';
import { distribution, median, quantile, setting, spread } from './numbers.mjs';
import { ANY_CORE, scoped, startLoad } from './processes.mjs';
import { createUsers, isStandIn, printServices, startServices, subjectOf } from './services.mjs';
import { postText } from './standalone.mjs';

const CLIENTS = [1, 8, 64];
const OWNERS = 32;
const KEYS_PATH = '/api/backend/v1/end_user_api_keys';
const LOOK_UPS = 3;
/** Where each look-up by tag reads the whole log, a round that made as many as it could would slow down all that follow: it ends by number. */
const mostOf = (clients) => 16 + clients;
const SHORT_WITHIN_SECONDS = 20;

const creates = async ({ load, gateway: { port }, requests, seconds, isShort }, clients) => {
  const size = isShort ? { seconds: SHORT_WITHIN_SECONDS, count: mostOf(clients) } : { seconds };
  // Not measured as elsewhere, where a 503 ends the benchmark: a store that is slower than the deadlines is a result here.
  const result = await load.run({ port, ...size, connections: clients, every: true, expectedStatus: 200, requests });
  if (result.unexpected > 0 && !result.lastUnexpected.includes('HTTP/1.1 503')) throw new Error(result.lastUnexpected);
  const { answers, unexpected, elapsedMs, latenciesMs } = result;
  return { perSecond: ((answers - unexpected) * 1_000) / elapsedMs, latenciesMs, unavailable: unexpected };
};

const bareTurn = async ({ appends, seconds }) => {
  const turn = {};
  for (const batch of CLIENTS) turn[batch] = (await appends.insert({ seconds: seconds / 2, batch })).perSecond;
  return turn;
};

const createsTurn = async (bench) => {
  const turn = {};
  for (const clients of CLIENTS) turn[clients] = await creates(bench, clients);
  return turn;
};

/** One replica and two in the order that the turn has: whatever grows meanwhile hits both alike. The second is away while one works alone. */
const turnOf = async (bench, index) => {
  const bare = await bareTurn(bench);
  const looks = await bench.appends.look(LOOK_UPS);
  const both = {};
  for (const replicas of index % 2 === 0 ? [1, 2] : [2, 1]) {
    if (replicas === 2 && !bench.second.isRunning) await bench.second.start();
    if (replicas === 1 && bench.second.isRunning) await bench.second.stop();
    both[replicas] = await createsTurn(bench);
  }
  return { bare, looks, ...both };
};

const rowOf = (turns, replicas, clients) => {
  const of = (value) => turns.map((turn) => value(turn[replicas][clients], turn));
  const waits = turns.flatMap((turn) => turn[replicas][clients].latenciesMs);
  return {
    'a second': spread(of(({ perSecond }) => perSecond), 0),
    'p50 ms': quantile(waits, 0.5).toFixed(1), 'p99 ms': quantile(waits, 0.99).toFixed(1), 'longest ms': quantile(waits, 1).toFixed(0),
    503: turns.reduce((sum, turn) => sum + turn[replicas][clients].unavailable, 0),
    'ratio to one by one': distribution(of(({ perSecond }, { bare }) => perSecond / bare[1]), 2),
    'ratio to as many at once': distribution(of(({ perSecond }, { bare }) => perSecond / bare[clients]), 2),
    'ratio to one replica': distribution(of(({ perSecond }, turn) => perSecond / turn[1][clients].perSecond), 2),
  };
};

const print = (services, turns) => {
  const rows = {};
  for (const batch of CLIENTS) rows[`bare inserts, ${batch} at once`] = { 'a second': spread(turns.map(({ bare }) => bare[batch]), 0) };
  for (const replicas of [1, 2]) for (const clients of CLIENTS) rows[`creates, ${clients} clients, ${replicas} of keys`] = rowOf(turns, replicas, clients);
  console.table(rows);
  const [first, last] = [turns.at(0).looks, turns.at(-1).looks];
  const lookUp = ({ documents, latenciesMs }) => `${median(latenciesMs).toFixed(1)} ms at ${documents} commits`;
  if (!isStandIn(services)) return;
  console.log(`Each create looks up two tags that are new. Here each of them reads the whole log: ${lookUp(first)}, ${lookUp(last)}.`);
  console.log(`So that it stays short, a round of creates ends after ${CLIENTS.map((clients) => `${mostOf(clients)} creates of ${clients} clients`).join(', ')}.`);
};

export const benchServicesCommands = (entry) =>
  scoped(async (use) => {
    const services = use(await startServices(entry));
    const rounds = setting('BENCH_ROUNDS', isStandIn(services) ? 3 : 7);
    const { stack, backendKey } = services;
    const users = await createUsers(services, OWNERS);
    const bench = {
      load: use(startLoad({ core: ANY_CORE })), appends: use(startAppends(services)), seconds: setting('BENCH_SECONDS', 2), isShort: isStandIn(services),
      gateway: subjectOf(stack.replicasOf('gateway')[0]), second: await stack.addReplica('keys'),
      requests: users.map((userId) => postText(backendKey, KEYS_PATH, { user_id: userId })),
    };
    printServices(services, 'not pinned: all processes share the cores');
    // Not kept: code is compiled, connections are opened.
    await turnOf(bench, 0);
    const turns = [];
    for (let index = 0; index < rounds; index += 1) turns.push(await turnOf(bench, index));
    console.log(`\n${rounds} turns of ${bench.seconds} s each; bare inserts: the same driver, majority and journal, ${COMMIT_BYTES} bytes of text each`);
    console.log('medians (extremes), ratios within a turn as median [middle half] (extremes)');
    print(services, turns);
  });
