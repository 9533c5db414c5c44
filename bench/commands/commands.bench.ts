// How fast are commands, beside the least that durability costs here? Creates at 1, 8 and 64 clients beside bare durable inserts, one by
// one and in transactions as large as group commit made its own; blocks beside single durable inserts. All in turns in one run.
// BENCH_ROUNDS, BENCH_SECONDS, BENCH_BLOCKS (in a round) change its size.
import { type BareWork, startBareWork, type WorkResult } from '../baselines/baseline-protocol.js';
import { blockText, createKeyText, createUser } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { type Figures, once, overRounds, ratios } from '../harness/figures.js';
import { type HttpLoad, type HttpResult, ofOneKind, startLoad } from '../harness/load-protocol.js';
import { watchFiles } from '../harness/log-files.js';
import { distribution, median, quantile, repeat, setting, spread } from '../harness/numbers.js';
import { scoped } from '../harness/processes.js';
import { type Cost, measure, printMachine, type Row } from '../harness/rounds.js';
import type { StandaloneServer } from '../harness/standalone.js';
import { type CountedServer, startCounted } from './counted-server.js';

const CLIENTS = [1, 8, 64] as const;
const OWNERS = 64;
const WARM_UP_SECONDS = 4;

interface Bench {
  readonly server: CountedServer;
  readonly load: HttpLoad;
  readonly inserts: BareWork;
  readonly owners: readonly string[];
  readonly seconds: number;
}

/** Bytes of what the log stores of one create: all bare inserts are of rows as large. */
type SizedBench = Bench & { readonly bytes: number };

interface Creates {
  readonly creates: HttpResult & Cost;
  readonly commitsPerInsert: number;
  readonly bare: WorkResult;
}

interface CreateTurn {
  readonly single: WorkResult;
  readonly at: Readonly<Record<number, Creates>>;
}

interface BlockTurn {
  readonly bare: readonly number[];
  readonly blocks: readonly number[];
}

const createUsers = async (server: StandaloneServer, from: number, count: number): Promise<readonly string[]> =>
  repeat(count, (index) => createUser(server, { email: `owner-${String(from + index)}@example.test` }));

const createRound = async ({ server, load, owners, seconds }: Bench, connections: number) => {
  const requests = ofOneKind(owners.map((userId) => createKeyText(server.backendKey, userId)));
  await server.forgetBatches();
  const creates = await measure(load, { ...server, name: 'creates' }, { seconds, every: true, connections, ...requests });
  return { creates, commitsPerInsert: await server.commitsPerInsert() };
};

/** One turn: creates at each number of clients, each beside inserts in transactions of the size that it reached itself. */
const createTurn = async (bench: SizedBench): Promise<CreateTurn> => {
  const { inserts, seconds, bytes } = bench;
  const single = await inserts.run({ seconds, bytes });
  const at: Record<number, Creates> = {};
  for (const clients of CLIENTS) {
    const round = await createRound(bench, clients);
    const batch = Math.max(1, Math.round(round.commitsPerInsert));
    at[clients] = { ...round, bare: await inserts.run({ seconds: seconds / 2, batch, bytes }) };
  }
  return { single, at };
};

const ofTurns = (turns: readonly CreateTurn[], clients: number, value: (creates: Creates, single: WorkResult) => number): readonly number[] =>
  turns.flatMap(({ at, single }) => (at[clients] === undefined ? [] : [value(at[clients], single)]));

const createsRow = (turns: readonly CreateTurn[], clients: number): Row => {
  const of = (value: (creates: Creates, single: WorkResult) => number): readonly number[] => ofTurns(turns, clients, value);
  return {
    'a second': spread(
      of(({ creates }) => creates.perSecond),
      0,
    ),
    'p50 ms': median(of(({ creates }) => creates.p50Ms ?? Number.NaN)).toFixed(2),
    'p99 ms': median(of(({ creates }) => creates.p99Ms ?? Number.NaN)).toFixed(2),
    'CPU µs each': median(of(({ creates }) => creates.cpuPerAnswer)).toFixed(0),
    'commits an insert': median(of(({ commitsPerInsert }) => commitsPerInsert)).toFixed(1),
    'ratio to one by one': distribution(
      of(({ creates }, single) => creates.perSecond / single.perSecond),
      2,
    ),
    'bare, as large a batch': spread(
      of(({ bare }) => bare.perSecond),
      0,
    ),
    'ratio to that': distribution(
      of(({ creates, bare }) => creates.perSecond / bare.perSecond),
      2,
    ),
  };
};

const printCreates = (turns: readonly CreateTurn[]): void =>
  console.table({
    'bare inserts, one by one': {
      'a second': spread(
        turns.map(({ single }) => single.perSecond),
        0,
      ),
    },
    ...Object.fromEntries(CLIENTS.map((clients) => [`creates, ${String(clients)} clients`, createsRow(turns, clients)])),
  });

/** Each user is blocked once: a second block would append nothing. One client, so that each waits for its own barrier alone. */
const blockTurn = async ({ server, load, inserts, bytes }: SizedBench, users: readonly string[]): Promise<BlockTurn> => {
  const requests = ofOneKind(users.map((userId) => blockText(server.backendKey, userId)));
  const bare = await inserts.run({ count: users.length, bytes });
  const blocks = await measure(load, { ...server, name: 'blocks' }, { count: users.length, every: true, connections: 1, ...requests });
  return { bare: bare.latenciesMs, blocks: blocks.latenciesMs };
};

const latenciesRow = (all: readonly number[]): Row => ({
  samples: all.length,
  'p50 ms': quantile(all, 0.5).toFixed(2),
  'p99 ms': quantile(all, 0.99).toFixed(2),
  'max ms': quantile(all, 1).toFixed(2),
});

const printBlocks = (turns: readonly BlockTurn[]): void => {
  const ratio = (share: number): string =>
    distribution(
      turns.map(({ bare, blocks }) => quantile(blocks, share) / quantile(bare, share)),
      2,
    );
  console.table({
    'a bare durable insert': latenciesRow(turns.flatMap(({ bare }) => bare)),
    'a block, to its 200': { ...latenciesRow(turns.flatMap(({ blocks }) => blocks)), 'ratio of p50s': ratio(0.5), 'ratio of p99s': ratio(0.99) },
  });
};

const figuresOf = (creates: readonly CreateTurn[], blocks: readonly BlockTurn[]): Figures => {
  const all = blocks.flatMap((turn) => turn.blocks);
  const rate = (clients: number) =>
    overRounds(
      ofTurns(creates, clients, (turn) => turn.creates.perSecond),
      'a second',
    );
  const toBare = (clients: number) => ratios(ofTurns(creates, clients, (turn) => turn.creates.perSecond / turn.bare.perSecond));
  return {
    createsOf1Client: rate(1),
    createsOf8Clients: rate(8),
    createsOf64Clients: rate(64),
    toBareOf1Client: toBare(1),
    toBareOf8Clients: toBare(8),
    toBareOf64Clients: toBare(64),
    blockP50: once(quantile(all, 0.5), 'ms'),
    blockP99: once(quantile(all, 0.99), 'ms'),
  };
};

const bytesOfCreate = async ({ dataDir }: StandaloneServer): Promise<number> => {
  const files = watchFiles(dataDir);
  const bytes = files.bytesOfNewest();
  await files.stop();
  return bytes;
};

export const benchCommands: RunBench = () =>
  scoped(async (use) => {
    const rounds = setting('BENCH_ROUNDS', 7);
    const perRound = setting('BENCH_BLOCKS', 150);
    const server = use(await startCounted());
    const inserts = use(await startBareWork({ kind: 'durable-inserts' }));
    const bench = { server, load: use(startLoad()), inserts, owners: await createUsers(server, 0, OWNERS), seconds: setting('BENCH_SECONDS', 1) };
    await createRound({ ...bench, seconds: WARM_UP_SECONDS }, 64);
    const sized = { ...bench, bytes: await bytesOfCreate(server) };
    const creates = await repeat(rounds, () => createTurn(sized));
    const toBlock = await createUsers(server, OWNERS, rounds * perRound);
    const blocks = await repeat(rounds, (turn) => blockTurn(sized, toBlock.slice(turn * perRound, (turn + 1) * perRound)));
    printMachine();
    const row = `${String(sized.bytes)} bytes a row`;
    console.log(`${String(rounds)} turns; bare inserts: libsql, WAL, synchronous FULL, ${row}, no index, a process of its own on the server's core`);
    console.log('\nCreating API keys over HTTP; medians (extremes), ratios within a turn as median [middle half] (extremes)');
    printCreates(creates);
    console.log('\nBlocking a user over HTTP, one client: append, barrier, answer');
    printBlocks(blocks);
    return { figures: figuresOf(creates, blocks) };
  });
