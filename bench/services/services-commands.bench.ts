// How many keys are created a second through gateway, NATS and keys, at 1, 8 and 64 clients, by one replica of keys and by two? Beside
// inserts into the same store that do nothing else, one document at a time and as many at once as there are clients. In turns in one run.
// BENCH_ROUNDS, BENCH_SECONDS change its size.
import type { ServiceReplica } from '@tools/stack';
import { type BareWork, startBareWork, type WorkResult } from '../baselines/baseline-protocol.js';
import { createKeyText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { type Figures, overRounds, ratios } from '../harness/figures.js';
import { type HttpLoad, ofOneKind, startLoad } from '../harness/load-protocol.js';
import { distribution, median, quantile, repeat, setting, spread } from '../harness/numbers.js';
import { ANY_CORE, scoped } from '../harness/processes.js';
import type { Row, Target } from '../harness/rounds.js';
import { createUsers, firstReplica, printServices, readsWholeLog, serversOf, type Services, SHARED_CORES, startServices, targetOf } from './services.js';

const CLIENTS = [1, 8, 64] as const;
const REPLICAS = [1, 2] as const;
const OWNERS = 32;
const LOOK_UPS = 3;
/** About what the log stores of one command. */
const COMMIT_BYTES = 900;
/** Where each look-up by tag reads the whole log, a round that made as many as it could would slow down all that follow: it ends by number. */
const mostOf = (clients: number): number => 16 + clients;
const SHORT_WITHIN_SECONDS = 20;

interface Bench {
  readonly load: HttpLoad;
  readonly inserts: BareWork;
  readonly lookUps: BareWork;
  readonly gateway: Target;
  /** Of keys; away while the first works alone. */
  readonly second: ServiceReplica;
  readonly requests: readonly string[];
  readonly seconds: number;
  readonly isShort: boolean;
}

interface Creates {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  readonly unavailable: number;
}

type ByClients<T> = Readonly<Record<(typeof CLIENTS)[number], T>>;

interface Turn {
  /** Inserts a second, by how many are made at once. */
  readonly bare: ByClients<number>;
  readonly looks: WorkResult;
  readonly creates: Readonly<Record<(typeof REPLICAS)[number], ByClients<Creates>>>;
}

const byClients = async <T>(act: (clients: number) => Promise<T>): Promise<ByClients<T>> => ({ 1: await act(1), 8: await act(8), 64: await act(64) });

const createRound = async ({ load, gateway: { port }, requests, seconds, isShort }: Bench, clients: number): Promise<Creates> => {
  const size = isShort ? { seconds: SHORT_WITHIN_SECONDS, count: mostOf(clients) } : { seconds };
  // Not measured as elsewhere, where a 503 ends the benchmark: a store that is slower than the deadlines is a result here.
  const result = await load.run({ port, ...size, connections: clients, every: true, ...ofOneKind(requests) });
  const { answers, unexpected, lastUnexpected, elapsedMs, latenciesMs } = result;
  if (unexpected > 0 && lastUnexpected?.includes(': 503 ') !== true) throw new Error(String(lastUnexpected));
  return { perSecond: ((answers - unexpected) * 1_000) / elapsedMs, latenciesMs, unavailable: unexpected };
};

/** One replica and two in the order that the turn has: whatever grows meanwhile hits both alike. */
const turnOf = async (bench: Bench, index: number): Promise<Turn> => {
  const bare = await byClients(async (batch) => (await bench.inserts.run({ seconds: bench.seconds / 2, batch, bytes: COMMIT_BYTES })).perSecond);
  const looks = await bench.lookUps.run({ count: LOOK_UPS });
  const withReplicas = async (replicas: number): Promise<ByClients<Creates>> => {
    if (replicas === 2 && !bench.second.isRunning) await bench.second.start();
    if (replicas === 1 && bench.second.isRunning) await bench.second.stop();
    return byClients((clients) => createRound(bench, clients));
  };
  if (index % 2 === 0) return { bare, looks, creates: { 1: await withReplicas(1), 2: await withReplicas(2) } };
  const two = await withReplicas(2);
  return { bare, looks, creates: { 1: await withReplicas(1), 2: two } };
};

const rowOf = (turns: readonly Turn[], replicas: (typeof REPLICAS)[number], clients: (typeof CLIENTS)[number]): Row => {
  const of = (value: (creates: Creates, turn: Turn) => number): readonly number[] => turns.map((turn) => value(turn.creates[replicas][clients], turn));
  const waitsMs = turns.flatMap(({ creates }) => creates[replicas][clients].latenciesMs);
  return {
    'a second': spread(
      of(({ perSecond }) => perSecond),
      0,
    ),
    'p50 ms': quantile(waitsMs, 0.5).toFixed(1),
    'p99 ms': quantile(waitsMs, 0.99).toFixed(1),
    'longest ms': quantile(waitsMs, 1).toFixed(0),
    503: of(({ unavailable }) => unavailable).reduce((sum, count) => sum + count, 0),
    'ratio to one by one': distribution(
      of(({ perSecond }, { bare }) => perSecond / bare[1]),
      2,
    ),
    'ratio to as many at once': distribution(
      of(({ perSecond }, { bare }) => perSecond / bare[clients]),
      2,
    ),
    'ratio to one replica': distribution(
      of(({ perSecond }, turn) => perSecond / turn.creates[1][clients].perSecond),
      2,
    ),
  };
};

const print = (services: Services, turns: readonly Turn[]): void => {
  const rows: Record<string, Row> = {};
  for (const batch of CLIENTS)
    rows[`bare inserts, ${String(batch)} at once`] = {
      'a second': spread(
        turns.map(({ bare }) => bare[batch]),
        0,
      ),
    };
  for (const replicas of REPLICAS) {
    for (const clients of CLIENTS) rows[`creates, ${String(clients)} clients, ${String(replicas)} of keys`] = rowOf(turns, replicas, clients);
  }
  console.table(rows);
  if (!readsWholeLog(services)) return;
  const lookUp = (turn: Turn | undefined): string =>
    turn === undefined ? '' : `${median(turn.looks.latenciesMs).toFixed(1)} ms at ${String(turn.looks.documents)} commits`;
  console.log(`Each create looks up two tags that are new. Here each of them reads the whole log: ${lookUp(turns.at(0))}, ${lookUp(turns.at(-1))}.`);
  const ends = CLIENTS.map((clients) => `${String(mostOf(clients))} creates of ${String(clients)} clients`).join(', ');
  console.log(`So that it stays short, a round of creates ends after ${ends}.`);
};

const figuresOf = (turns: readonly Turn[]): Figures => {
  const rate = (clients: (typeof CLIENTS)[number]) =>
    overRounds(
      turns.map(({ creates }) => creates[1][clients].perSecond),
      'a second',
    );
  const secondReplica = ratios(turns.map(({ creates }) => creates[2][64].perSecond / creates[1][64].perSecond));
  return { createsOf1Client: rate(1), createsOf8Clients: rate(8), createsOf64Clients: rate(64), twoReplicasToOne: secondReplica };
};

export const benchServicesCommands: RunBench = () =>
  scoped(async (use) => {
    const services = use(await startServices());
    const isShort = readsWholeLog(services);
    const rounds = setting('BENCH_ROUNDS', isShort ? 3 : 7);
    const { stack, backendKey } = services;
    const users = await createUsers(services, OWNERS);
    const { url } = stack.servers.mongo;
    const bench: Bench = {
      load: use(startLoad(ANY_CORE)),
      seconds: setting('BENCH_SECONDS', 2),
      isShort,
      inserts: use(await startBareWork({ kind: 'mongo-inserts', url }, ANY_CORE)),
      lookUps: use(await startBareWork({ kind: 'tag-look-ups', url }, ANY_CORE)),
      gateway: targetOf(firstReplica(services, 'gateway')),
      second: await stack.addReplica('keys'),
      requests: users.map((userId) => createKeyText(backendKey, userId)),
    };
    printServices(services, SHARED_CORES);
    // Not kept: code is compiled, connections are opened.
    await turnOf(bench, 0);
    const turns = await repeat(rounds, (index) => turnOf(bench, index));
    const sizes = `${String(rounds)} turns of ${String(bench.seconds)} s each`;
    console.log(`\n${sizes}; bare inserts: the same driver, majority and journal, ${String(COMMIT_BYTES)} bytes of text each`);
    console.log('medians (extremes), ratios within a turn as median [middle half] (extremes)');
    print(services, turns);
    return { figures: figuresOf(turns), ...serversOf(services) };
  });
