// A validation process that begins with nothing in memory, under a steady rate of validations of keys that all exist: how many records
// does it ask Redis and keys for, and how long do answers take meanwhile? Each key is validated once, in no order, then any of them until
// the time is over; with Redis empty, and again with what the first left there. BENCH_KEYS, BENCH_RATE, BENCH_SECONDS, BENCH_ROUNDS,
// BENCH_CONNECTIONS change its size.
import type { ServiceReplica } from '@tools/stack';
import { type CreatedKey, post, VALIDATE_PATH, validateText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { counted, type Figures, once, overRounds } from '../harness/figures.js';
import { type HttpLoad, type HttpResult, ofOneKind, startLoad } from '../harness/load-protocol.js';
import { distribution, median, quantile, setting, shuffled, spread } from '../harness/numbers.js';
import { ANY_CORE, scoped } from '../harness/processes.js';
import { measure, type Row } from '../harness/rounds.js';
import {
  createKeysOf,
  createUsers,
  firstReplica,
  inParallel,
  type Metrics,
  metricsOf,
  printServices,
  readsWholeLog,
  serversOf,
  type Services,
  SHARED_CORES,
  startServices,
  targetOf,
} from './services.js';

const KEYS_PER_USER = 50;
/** Where each look-up by tag reads the whole log, the log must be short: the keys are made and read once in time that grows with its square. */
const KEYS = { wholeLog: 1_500, indexed: 100_000 };
const CLIENTS = { wholeLog: 4, indexed: 64 };
const SHORT_LOG = `So few keys, and all of them in the memory of keys: without an index of tags each look-up reads the whole log. MongoDB gets ${String(KEYS.indexed)}.`;

const COUNTED = {
  'looked up': 'keyfence_validations_looked_up_total',
  'records from Redis': 'keyfence_cache_reads_total{outcome="hit"}',
  'not in Redis': 'keyfence_cache_reads_total{outcome="miss"}',
  'fills from keys': 'keyfence_fills_total',
  'strong reads': 'keyfence_strong_reads_total',
  undecided: 'keyfence_undecided_total',
} as const;
const FILLS = 'fills from keys';

type Counted = keyof typeof COUNTED;
const COUNTED_NAMES = Object.keys(COUNTED) as Counted[];
const countOf = (metrics: Metrics, name: Counted): number => metrics.get(COUNTED[name]) ?? 0;

interface Bench {
  readonly load: HttpLoad;
  readonly node: ServiceReplica;
  readonly size: { readonly rate: number; readonly seconds: number; readonly connections: number };
  readonly requests: readonly string[];
}

interface ColdRound {
  readonly once: HttpResult;
  /** After each key was validated once. */
  readonly counts: Metrics;
  readonly later: HttpResult;
  readonly lookedUpLater: number;
}

const makeKeys = async (services: Services, count: number, clients: number): Promise<readonly CreatedKey[]> => {
  const startedAt = performance.now();
  const users = await createUsers(services, Math.ceil(count / KEYS_PER_USER));
  const keys = await createKeysOf(services, users, count);
  // Once through, so that keys has their states: what is asked of it later is asked of a process that has been running.
  await inParallel(count, (index) => post(services, VALIDATE_PATH, { api_key_token: keys[index]?.token }), clients);
  const seconds = (performance.now() - startedAt) / 1_000;
  console.log(`${String(count)} keys of ${String(users.length)} users made and validated once in ${seconds.toFixed(0)} s.`);
  return keys;
};

/** The process is new, so what it counts is of this round alone. */
const coldRound = async ({ load, node, size: { seconds, ...size }, requests }: Bench): Promise<ColdRound> => {
  await node.restart();
  const each = { ...size, every: true };
  const first = await measure(load, { ...targetOf(node), name: 'each key once' }, { ...each, count: requests.length, ...ofOneKind(shuffled(requests)) });
  const counts = await metricsOf(node);
  const later = await measure(load, { ...targetOf(node), name: 'afterwards' }, { ...each, seconds, ...ofOneKind(requests) });
  return { once: first, counts, later, lookedUpLater: countOf(await metricsOf(node), 'looked up') - countOf(counts, 'looked up') };
};

const latency = (results: readonly HttpResult[], share: number): readonly number[] => results.map(({ latenciesMs }) => quantile(latenciesMs, share));

const coldRow = (rounds: readonly ColdRound[]): Row => {
  const firsts = rounds.map((round) => round.once);
  return {
    'validations/s': spread(
      firsts.map(({ perSecond }) => perSecond),
      0,
    ),
    ...Object.fromEntries(
      COUNTED_NAMES.map((name) => [
        name,
        spread(
          rounds.map(({ counts }) => countOf(counts, name)),
          0,
        ),
      ]),
    ),
    'p50 ms': distribution(latency(firsts, 0.5), 1),
    'p99 ms': distribution(latency(firsts, 0.99), 1),
    'max ms': spread(latency(firsts, 1), 1),
  };
};

const laterRow = (rounds: readonly ColdRound[]): Row => {
  const laters = rounds.map(({ later }) => later);
  return {
    'validations/s': spread(
      laters.map(({ perSecond }) => perSecond),
      0,
    ),
    'looked up': spread(
      rounds.map(({ lookedUpLater }) => lookedUpLater),
      0,
    ),
    'p50 ms': distribution(latency(laters, 0.5), 1),
    'p99 ms': distribution(latency(laters, 0.99), 1),
  };
};

const figuresOf = (keys: number, rate: number, empty: readonly ColdRound[], warm: readonly ColdRound[]): Figures => {
  const fills = (rounds: readonly ColdRound[]) => once(median(rounds.map(({ counts }) => countOf(counts, FILLS))), 'fills');
  const p99 = (rounds: readonly ColdRound[]) =>
    overRounds(
      latency(
        rounds.map((round) => round.once),
        0.99,
      ),
      'ms',
    );
  return {
    keys: counted(keys, 'keys'),
    rate: counted(rate, 'a second'),
    fillsRedisEmpty: fills(empty),
    p99RedisEmpty: p99(empty),
    fillsRedisWarm: fills(warm),
    p99RedisWarm: p99(warm),
  };
};

export const benchServicesCold: RunBench = () =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 5);
    const services = use(await startServices());
    const kind = readsWholeLog(services) ? 'wholeLog' : 'indexed';
    const count = setting('BENCH_KEYS', KEYS[kind]);
    const size = { rate: setting('BENCH_RATE', 2_000), seconds: setting('BENCH_SECONDS', 5), connections: setting('BENCH_CONNECTIONS', 256) };
    printServices(services, SHARED_CORES);
    const requests = (await makeKeys(services, count, CLIENTS[kind])).map(({ token }) => validateText(services.backendKey, token));
    const bench: Bench = { load: use(startLoad(ANY_CORE)), node: firstReplica(services, 'validation'), size, requests };
    const [empty, warm]: [ColdRound[], ColdRound[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      await services.stack.servers.redis.restart({ empty: true });
      empty.push(await coldRound(bench));
      warm.push(await coldRound(bench));
    }
    console.log(`\nA new validation process under ${String(size.rate)} validations a second of ${String(count)} keys, each once; ${String(rounds)} rounds.`);
    console.log('A verdict rests on the records of key, user and environment; what is missing in one moment is asked for in one message.');
    console.table({ 'Redis empty': coldRow(empty), 'Redis warm': coldRow(warm) });
    console.log(`The same for ${String(size.seconds)} s afterwards. Expected: nothing is looked up, unless memory holds fewer keys.`);
    console.table({ 'Redis empty': laterRow(empty), 'Redis warm': laterRow(warm) });
    if (kind === 'wholeLog') console.log(SHORT_LOG);
    return { figures: figuresOf(count, size.rate, empty, warm), ...serversOf(services) };
  });
