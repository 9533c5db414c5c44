// How long does a revoke take, from the question to its 200, when every node must have heard of it? With three validation processes (and
// the gateway, a node too) beside the two things it cannot do without: one append to the same store and one round trip over the same
// NATS. Then one of the three is killed: until it is out of the registry, changes wait for its lease. BENCH_ROUNDS, BENCH_CHANGES
// (in a round), BENCH_KILLS, BENCH_LEASE_MS change its size.
import { setTimeout as pause } from 'node:timers/promises';
import { startAppends, startRoundTrips } from './bare-appends.mjs';
import { distribution, median, quantile, setting } from './numbers.mjs';
import { ANY_CORE, scoped, startLoad } from './processes.mjs';
import { measure } from './rounds.mjs';
import { createKeysOf, createUsers, isStandIn, metricsOf, printServices, revokeText, startServices, subjectOf } from './services.mjs';
import { post, VALIDATE_PATH } from './standalone.mjs';

const NODES = 3;
const USERS = 8;
const LOOK_UPS = 5;
const WARM_UP_CHANGES = 20;
/** Changes that begin each second while a node is dead, whether those before have been answered or not. */
const CHANGES_PER_SECOND = 5;
const AT_ONCE = 64;
const POLL_MS = 50;

const countedNodes = async ({ stack }) => (await metricsOf(stack.replicasOf('keys')[0])).keyfence_nodes_counted;

const untilCounted = async (services, wanted, withinMs) => {
  const startedAt = performance.now();
  while (await countedNodes(services) !== wanted) {
    if (performance.now() - startedAt > withinMs) throw new Error(`The registry did not come to ${wanted} nodes within ${withinMs} ms.`);
    await pause(POLL_MS);
  }
  return performance.now() - startedAt;
};

/** Each key is revoked once: a second revoke would append nothing. Validated first on every node, so that all of them have something to drop. */
const freshKeys = async (services, users, count) => {
  const keys = await createKeysOf(services, users, count);
  for (const { origin } of services.stack.replicasOf('validation')) {
    for (const { token } of keys) await post({ ...services, origin }, VALIDATE_PATH, { api_key_token: token });
  }
  return keys.map(({ id }) => revokeText(services.backendKey, id));
};

const revoke = ({ load, gateway }, requests, round = {}) =>
  measure(load, { ...gateway, name: 'revokes' }, { count: requests.length, every: true, connections: 1, expectedStatus: 200, requests, ...round });

const turn = async (bench, requests) => {
  const looks = await bench.appends.look(LOOK_UPS);
  const { latenciesMs: appends } = await bench.appends.insert({ count: requests.length, batch: 1 });
  const trips = await bench.trips.run(requests.length);
  const { latenciesMs: revokes } = await revoke(bench, requests);
  return { looks: looks.latenciesMs, documents: looks.documents, appends, trips, both: appends.map((ms, index) => ms + trips[index]), revokes };
};

const rowOf = (turns, name) => {
  const all = turns.flatMap((one) => one[name]);
  return { samples: all.length, 'p50 ms': quantile(all, 0.5).toFixed(2), 'p99 ms': quantile(all, 0.99).toFixed(2), 'max ms': quantile(all, 1).toFixed(2) };
};

const printHealthy = (services, turns) => {
  const ratio = (share) => distribution(turns.map(({ revokes, both }) => quantile(revokes, share) / quantile(both, share)), 2);
  console.log(`\n${NODES} validation processes and the gateway, all healthy; revokes by one client. Expected: ratios of 2 or less.`);
  console.table({
    'a bare append': rowOf(turns, 'appends'), 'a bare round trip': rowOf(turns, 'trips'), 'one after the other': rowOf(turns, 'both'),
    'a revoke, to its 200': { ...rowOf(turns, 'revokes'), 'ratio of p50s': ratio(0.5), 'ratio of p99s': ratio(0.99) },
    'for comparison, a look-up by tag': rowOf(turns, 'looks'),
  });
  const withLookUp = turns.map(({ revokes, both, looks }) => median(revokes) / (median(both) + median(looks)));
  if (!isStandIn(services)) return;
  console.log(`Every command looks up its id by tag; here that reads the whole log (${turns.at(-1).documents} commits in the end).`);
  console.log(`With one look-up added to the bare work the ratio of p50s is ${distribution(withLookUp, 2)}.`);
};

/** One life of a node after the other: killed, missed, out of the registry, started again. */
const killOnce = async (bench, requests) => {
  const { services, leaseMs } = bench;
  const victim = services.stack.replicasOf('validation').at(-1);
  const before = await countedNodes(services);
  await victim.kill();
  const running = revoke(bench, requests, { connections: AT_ONCE, rate: CHANGES_PER_SECOND });
  const outMs = await untilCounted(services, before - 1, 4 * leaseMs);
  // Those that had begun by then are answered now, and some begin that find nobody missing.
  await pause(1_000);
  bench.load.endRound();
  const { latenciesMs } = await running;
  await victim.start();
  return { outMs, latenciesMs };
};

const printKilled = (kills, leaseMs) => {
  console.log(`\nOne of the ${NODES} killed; ${CHANGES_PER_SECOND} revokes begin each second until a second after it is out of the registry.`);
  console.log(`Expected: none above L = ${leaseMs} ms and what a revoke takes anyway; out at most 2 L after the first.`);
  console.table(kills.map(({ outMs, latenciesMs }) => {
    const of = (share) => quantile(latenciesMs, share).toFixed(0);
    const waited = latenciesMs.filter((ms) => ms > leaseMs / 10).length;
    const inLeases = (ms) => (ms / leaseMs).toFixed(2);
    const latencies = { 'p10 ms': of(0.1), 'p50 ms': of(0.5), 'p90 ms': of(0.9), 'p99 ms': of(0.99), 'max ms': of(1), 'max in L': inLeases(quantile(latenciesMs, 1)) };
    return { 'out after ms': outMs.toFixed(0), 'in L': inLeases(outMs), revokes: latenciesMs.length, 'waited (> L/10)': waited, ...latencies };
  }));
};

export const benchServicesChange = (entry) =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 5);
    const changes = setting('BENCH_CHANGES', 40);
    const leaseMs = setting('BENCH_LEASE_MS', 5_000);
    const services = use(await startServices(entry, { replicas: { validation: NODES }, env: { FENCE_LEASE_MS: String(leaseMs) } }));
    const gateway = subjectOf(services.stack.replicasOf('gateway')[0]);
    const bare = { appends: use(startAppends(services)), trips: use(await startRoundTrips(services)) };
    const bench = { services, leaseMs, gateway, load: use(startLoad({ core: ANY_CORE })), ...bare };
    const users = await createUsers(services, USERS);
    printServices(services, 'not pinned: all processes share the cores');
    await turn(bench, await freshKeys(services, users, WARM_UP_CHANGES));
    const requests = await freshKeys(services, users, rounds * changes);
    const turns = [];
    for (let round = 0; round < rounds; round += 1) turns.push(await turn(bench, requests.slice(round * changes, (round + 1) * changes)));
    printHealthy(services, turns);
    const kills = [];
    const perKill = Math.ceil((4 * leaseMs * CHANGES_PER_SECOND) / 1_000);
    for (let kill = 0; kill < setting('BENCH_KILLS', 2); kill += 1) kills.push(await killOnce(bench, await freshKeys(services, users, perKill)));
    if (kills.length > 0) printKilled(kills, leaseMs);
  });
