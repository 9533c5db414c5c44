// A validation process that begins with nothing in memory, under a steady rate of validations of keys that all exist: how many records
// does it ask Redis and keys for, and how long do answers take meanwhile? Each key is validated once, in no order, then any of them until
// the time is over; with Redis empty, and again with what the first left there. BENCH_KEYS, BENCH_RATE, BENCH_SECONDS, BENCH_ROUNDS,
// BENCH_CONNECTIONS change its size.
import { distribution, quantile, setting, shuffled, spread } from './numbers.mjs';
import { ANY_CORE, scoped, startLoad } from './processes.mjs';
import { measure } from './rounds.mjs';
import { createKeysOf, createUsers, inParallel, isStandIn, metricsOf, printServices, startServices, subjectOf } from './services.mjs';
import { post, requestText, VALIDATE_PATH } from './standalone.mjs';

const KEYS_PER_USER = 50;
/** Where each look-up by tag reads the whole log, the log must be short: the keys are made and read once in time that grows with its square. */
const KEYS = { standIn: 1_500, mongod: 100_000 };
const CLIENTS = { standIn: 4, mongod: 64 };

const STAND_IN = `So few keys, and all of them in the memory of keys: without an index of tags each look-up reads the whole log. MongoDB gets ${KEYS.mongod}.`;

const makeKeys = async (services, count, clients) => {
  const startedAt = performance.now();
  const users = await createUsers(services, Math.ceil(count / KEYS_PER_USER));
  const keys = await createKeysOf(services, users, count);
  // Once through, so that keys has their states: what is asked of it later is asked of a process that has been running.
  await inParallel(count, (index) => post(services, VALIDATE_PATH, { api_key_token: keys[index].token }), clients);
  console.log(`${count} keys of ${users.length} users made and validated once in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s.`);
  return keys;
};

const COUNTED = {
  'looked up': 'keyfence_validations_looked_up_total',
  'records from Redis': 'keyfence_cache_reads_total{outcome="hit"}',
  'not in Redis': 'keyfence_cache_reads_total{outcome="miss"}',
  'fills from keys': 'keyfence_fills_total',
  'strong reads': 'keyfence_strong_reads_total',
  undecided: 'keyfence_undecided_total',
};

/** The process is new, so what it counts is of this round alone. */
const coldRound = async ({ load, node, size, requests }) => {
  await node.restart();
  const { seconds, ...each } = { ...size, every: true };
  const once = await measure(load, { ...subjectOf(node), name: 'each key once' }, { ...each, count: requests.length, requests: shuffled(requests) });
  const cold = await metricsOf(node);
  const after = await measure(load, { ...subjectOf(node), name: 'afterwards' }, { ...each, seconds, requests });
  const warm = await metricsOf(node);
  const counted = (metrics) => Object.fromEntries(Object.entries(COUNTED).map(([name, metric]) => [name, metrics[metric] ?? 0]));
  return { cold: { ...counted(cold), ...once }, later: { lookedUp: warm[COUNTED['looked up']] - cold[COUNTED['looked up']], ...after } };
};

const rowOf = (rounds) => {
  const of = (name) => rounds.map((round) => round[name]);
  const at = (share) => distribution(rounds.map(({ latenciesMs }) => quantile(latenciesMs, share)), 1);
  return {
    'validations/s': spread(of('perSecond'), 0), ...Object.fromEntries(Object.keys(COUNTED).map((name) => [name, spread(of(name), 0)])),
    'p50 ms': at(0.5), 'p99 ms': at(0.99), 'max ms': spread(rounds.map(({ latenciesMs }) => quantile(latenciesMs, 1)), 1),
  };
};

const laterRow = (rounds) => {
  const at = (share) => distribution(rounds.map(({ latenciesMs }) => quantile(latenciesMs, share)), 1);
  const of = (name) => spread(rounds.map((round) => round[name]), 0);
  return { 'validations/s': of('perSecond'), 'looked up': of('lookedUp'), 'p50 ms': at(0.5), 'p99 ms': at(0.99) };
};

export const benchServicesCold = (entry) =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 5);
    const services = use(await startServices(entry));
    const kind = isStandIn(services) ? 'standIn' : 'mongod';
    const count = setting('BENCH_KEYS', KEYS[kind]);
    const size = { rate: setting('BENCH_RATE', 2_000), seconds: setting('BENCH_SECONDS', 5), connections: setting('BENCH_CONNECTIONS', 256), expectedStatus: 200 };
    printServices(services, 'not pinned: all processes share the cores');
    const requests = (await makeKeys(services, count, CLIENTS[kind])).map(({ token }) => requestText(services.backendKey, token));
    const { redis } = services.stack.servers;
    const [node] = services.stack.replicasOf('validation');
    const bench = { load: use(startLoad({ core: ANY_CORE })), node, size, requests };
    const results = { empty: [], warm: [] };
    for (let round = 0; round < rounds; round += 1) {
      await redis.restart({ empty: true });
      results.empty.push(await coldRound(bench));
      results.warm.push(await coldRound(bench));
    }
    console.log(`\nA new validation process under ${size.rate} validations a second of ${count} keys, each once; ${rounds} rounds.`);
    console.log('A verdict rests on the records of key, user and environment; what is missing in one moment is asked for in one message.');
    const rows = (part) => ({ 'Redis empty': results.empty.map((round) => round[part]), 'Redis warm': results.warm.map((round) => round[part]) });
    console.table(Object.fromEntries(Object.entries(rows('cold')).map(([name, all]) => [name, rowOf(all)])));
    console.log(`The same for ${size.seconds} s afterwards. Expected: nothing is looked up, unless memory holds fewer keys.`);
    console.table(Object.fromEntries(Object.entries(rows('later')).map(([name, all]) => [name, laterRow(all)])));
    if (kind === 'standIn') console.log(STAND_IN);
  });
