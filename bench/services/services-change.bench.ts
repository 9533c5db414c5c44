// How long does a revoke take, from the question to its 200, when every node must have heard of it? With three validation processes (and
// the gateway, a node too) beside the two things it cannot do without: one append to the same store and one round trip over the same
// NATS. Then one of the three is killed: until it is out of the registry, changes wait for its lease. BENCH_ROUNDS, BENCH_CHANGES
// (in a round), BENCH_KILLS, BENCH_LEASE_MS change its size.
import { setTimeout as pause } from 'node:timers/promises';
import { type BareWork, startBareWork } from '../baselines/baseline-protocol.js';
import { post, revokeText, VALIDATE_PATH } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { type Figures, overRounds, ratios } from '../harness/figures.js';
import { type HttpLoad, type HttpResult, type HttpRound, ofOneKind, startLoad } from '../harness/load-protocol.js';
import { distribution, median, quantile, repeat, setting } from '../harness/numbers.js';
import { ANY_CORE, scoped } from '../harness/processes.js';
import { measure, type Row, type Target } from '../harness/rounds.js';
import {
  createKeysOf,
  createUsers,
  firstReplica,
  linkAs,
  metricsOf,
  originOf,
  printServices,
  readsWholeLog,
  serversOf,
  type Services,
  SHARED_CORES,
  startServices,
  targetOf,
} from './services.js';

const NODES = 3;
const USERS = 8;
const LOOK_UPS = 5;
const WARM_UP_CHANGES = 20;
/** Changes that begin each second while a node is dead, whether those before have been answered or not. */
const CHANGES_PER_SECOND = 5;
const AT_ONCE = 64;
const POLL_MS = 50;
/** About what the log stores of one command. */
const COMMIT_BYTES = 900;

interface Bench {
  readonly services: Services;
  readonly leaseMs: number;
  readonly gateway: Target;
  readonly load: HttpLoad;
  readonly appends: BareWork;
  readonly lookUps: BareWork;
  readonly trips: BareWork;
}

interface Turn {
  readonly looks: readonly number[];
  readonly documents: number;
  readonly appends: readonly number[];
  readonly trips: readonly number[];
  readonly both: readonly number[];
  readonly revokes: readonly number[];
}

interface Kill {
  readonly outMs: number;
  readonly latenciesMs: readonly number[];
}

const countedNodes = async (services: Services): Promise<number> => (await metricsOf(firstReplica(services, 'keys'))).get('keyfence_nodes_counted') ?? 0;

const untilCounted = async (services: Services, wanted: number, withinMs: number): Promise<number> => {
  const startedAt = performance.now();
  while ((await countedNodes(services)) !== wanted) {
    if (performance.now() - startedAt > withinMs) throw new Error(`The registry did not come to ${String(wanted)} nodes within ${String(withinMs)} ms.`);
    await pause(POLL_MS);
  }
  return performance.now() - startedAt;
};

/**
 * Requests that revoke a key each: a second revoke of the same key would append nothing. The keys are validated first on every node, so
 * that all of them have something to drop.
 */
const freshRevokes = async (services: Services, users: readonly string[], count: number): Promise<readonly string[]> => {
  const keys = await createKeysOf(services, users, count);
  for (const replica of services.stack.replicasOf('validation')) {
    for (const { token } of keys) await post({ ...services, origin: originOf(replica) }, VALIDATE_PATH, { api_key_token: token });
  }
  return keys.map(({ id }) => revokeText(services.backendKey, id));
};

const revoke = ({ load, gateway }: Bench, requests: readonly string[], round: Partial<HttpRound> = {}): Promise<HttpResult> =>
  measure(load, { ...gateway, name: 'revokes' }, { count: requests.length, every: true, connections: 1, ...ofOneKind(requests), ...round });

const turnOf = async (bench: Bench, requests: readonly string[]): Promise<Turn> => {
  const looks = await bench.lookUps.run({ count: LOOK_UPS });
  const { latenciesMs: appends } = await bench.appends.run({ count: requests.length, bytes: COMMIT_BYTES });
  const { latenciesMs: trips } = await bench.trips.run({ count: requests.length });
  const { latenciesMs: revokes } = await revoke(bench, requests);
  return { looks: looks.latenciesMs, documents: looks.documents, appends, trips, both: appends.map((ms, index) => ms + (trips[index] ?? 0)), revokes };
};

const rowOf = (turns: readonly Turn[], name: 'looks' | 'appends' | 'trips' | 'both' | 'revokes'): Row => {
  const all = turns.flatMap((one) => one[name]);
  return { samples: all.length, 'p50 ms': quantile(all, 0.5).toFixed(2), 'p99 ms': quantile(all, 0.99).toFixed(2), 'max ms': quantile(all, 1).toFixed(2) };
};

const toBare = (turns: readonly Turn[], share: number): readonly number[] => turns.map(({ revokes, both }) => quantile(revokes, share) / quantile(both, share));
const toBareWithLookUp = (turns: readonly Turn[]): readonly number[] =>
  turns.map(({ revokes, both, looks }) => median(revokes) / (median(both) + median(looks)));

const printHealthy = (services: Services, turns: readonly Turn[]): void => {
  console.log(`\n${String(NODES)} validation processes and the gateway, all healthy; revokes by one client. Expected: ratios of 2 or less.`);
  console.table({
    'a bare append': rowOf(turns, 'appends'),
    'a bare round trip': rowOf(turns, 'trips'),
    'one after the other': rowOf(turns, 'both'),
    'a revoke, to its 200': {
      ...rowOf(turns, 'revokes'),
      'ratio of p50s': distribution(toBare(turns, 0.5), 2),
      'ratio of p99s': distribution(toBare(turns, 0.99), 2),
    },
    'for comparison, a look-up by tag': rowOf(turns, 'looks'),
  });
  if (!readsWholeLog(services)) return;
  console.log(`Every command looks up its id by tag; here that reads the whole log (${String(turns.at(-1)?.documents)} commits in the end).`);
  console.log(`With one look-up added to the bare work the ratio of p50s is ${distribution(toBareWithLookUp(turns), 2)}.`);
};

/** One life of a node after the other: killed, missed, out of the registry, started again. */
const killOnce = async (bench: Bench, requests: readonly string[]): Promise<Kill> => {
  const { services, leaseMs } = bench;
  const victim = services.stack.replicasOf('validation').at(-1) ?? firstReplica(services, 'validation');
  const before = await countedNodes(services);
  await victim.kill();
  const running = revoke(bench, requests, { connections: AT_ONCE, rate: CHANGES_PER_SECOND });
  const outMs = await untilCounted(services, before - 1, 4 * leaseMs);
  // Those that had begun by then are answered now, and some begin that find no node missing.
  await pause(1_000);
  bench.load.endRound();
  const { latenciesMs } = await running;
  await victim.start();
  return { outMs, latenciesMs };
};

const printKilled = (kills: readonly Kill[], leaseMs: number): void => {
  console.log(`\nOne of the ${String(NODES)} killed; ${String(CHANGES_PER_SECOND)} revokes begin each second until a second after it is out of the registry.`);
  console.log(`Expected: none above L = ${String(leaseMs)} ms and what a revoke takes anyway; out at most 2 L after the first.`);
  console.table(
    kills.map(({ outMs, latenciesMs }) => {
      const at = (share: number): string => quantile(latenciesMs, share).toFixed(0);
      const waited = latenciesMs.filter((ms) => ms > leaseMs / 10).length;
      const inLeases = (ms: number): string => (ms / leaseMs).toFixed(2);
      const latencies = {
        'p10 ms': at(0.1),
        'p50 ms': at(0.5),
        'p90 ms': at(0.9),
        'p99 ms': at(0.99),
        'max ms': at(1),
        'max in L': inLeases(quantile(latenciesMs, 1)),
      };
      return { 'out after ms': outMs.toFixed(0), 'in L': inLeases(outMs), revokes: latenciesMs.length, 'waited (> L/10)': waited, ...latencies };
    }),
  );
};

const figuresOf = (services: Services, turns: readonly Turn[], kills: readonly Kill[], leaseMs: number): Figures => ({
  toBare: ratios(toBare(turns, 0.5)),
  ...(readsWholeLog(services) ? { toBareWithLookUp: ratios(toBareWithLookUp(turns)) } : {}),
  ...(kills.length > 0
    ? {
        longestAfterKill: overRounds(
          kills.map(({ latenciesMs }) => quantile(latenciesMs, 1) / leaseMs),
          'leases',
        ),
      }
    : {}),
});

const startBare = async ({ stack }: Services) => {
  const [{ url }, nats] = [stack.servers.mongo, stack.servers.nats.url];
  return {
    appends: await startBareWork({ kind: 'mongo-inserts', url }, ANY_CORE),
    lookUps: await startBareWork({ kind: 'tag-look-ups', url }, ANY_CORE),
    trips: await startBareWork({ kind: 'round-trips', answering: linkAs(stack, 'directory', nats), asking: linkAs(stack, 'operator', nats) }, ANY_CORE),
  };
};

export const benchServicesChange: RunBench = () =>
  scoped(async (use) => {
    const [rounds, changes, leaseMs] = [setting('BENCH_ROUNDS', 5), setting('BENCH_CHANGES', 40), setting('BENCH_LEASE_MS', 5_000)];
    const services = use(await startServices({ replicas: { validation: NODES }, env: { FENCE_LEASE_MS: String(leaseMs) } }));
    const bare = await startBare(services);
    for (const one of Object.values(bare)) use(one);
    const bench: Bench = { services, leaseMs, gateway: targetOf(firstReplica(services, 'gateway')), load: use(startLoad(ANY_CORE)), ...bare };
    const users = await createUsers(services, USERS);
    printServices(services, SHARED_CORES);
    await turnOf(bench, await freshRevokes(services, users, WARM_UP_CHANGES));
    const requests = await freshRevokes(services, users, rounds * changes);
    const turns = await repeat(rounds, (round) => turnOf(bench, requests.slice(round * changes, (round + 1) * changes)));
    printHealthy(services, turns);
    const perKill = Math.ceil((4 * leaseMs * CHANGES_PER_SECOND) / 1_000);
    const kills = await repeat(setting('BENCH_KILLS', 2), async () => killOnce(bench, await freshRevokes(services, users, perKill)));
    if (kills.length > 0) printKilled(kills, leaseMs);
    return { figures: figuresOf(services, turns, kills, leaseMs), ...serversOf(services) };
  });
