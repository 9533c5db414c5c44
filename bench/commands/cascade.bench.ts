// Does the bookkeeping after a block hold up validations? A user with BENCH_CASCADE_KEYS keys is blocked; other keys are validated
// before, until the last of the user's keys is written down in log and read models, and after. Load and server have a core each; the
// load is the same connections throughout.
import { setTimeout as pause } from 'node:timers/promises';
import { createKeys, createKeyText, createUser, post, V1, validateText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { counted, once, overRounds } from '../harness/figures.js';
import { type AnswersOfKind, type HttpLoad, type HttpResult, ofOneKind, startLoad } from '../harness/load-protocol.js';
import { type WatchedFiles, watchFiles } from '../harness/log-files.js';
import { distribution, median, setting } from '../harness/numbers.js';
import { scoped } from '../harness/processes.js';
import { measure, printMachine, type Row } from '../harness/rounds.js';
import { type StandaloneServer, startStandalone } from '../harness/standalone.js';

const CREATE_CLIENTS = 64;
const SLICE = 10_000;
const CHUNK_KEYS = 500;
const CASCADE_DEADLINE_MS = 300_000;
const POLL_MS = 20;
const BUCKET_MS = 250;
/** The load is told when to end; this is only so long that it never ends before. */
const LOAD_SECONDS = 600;
/** Measured before the block, and after the cascade. */
const ASIDE_MS = 6_000;

/** In slices, because a round that takes long looks like a server that hangs. */
const createMany = async (server: StandaloneServer, load: HttpLoad, userId: string, count: number): Promise<void> => {
  const requests = ofOneKind([createKeyText(server.backendKey, userId)]);
  const startedAt = performance.now();
  for (let made = 0; made < count; made += SLICE) {
    await measure(load, { ...server, name: 'creates' }, { connections: CREATE_CLIENTS, count: Math.min(SLICE, count - made), ...requests });
  }
  const perSecond = (count * 1_000) / (performance.now() - startedAt);
  console.log(`${String(count)} keys of one user made over HTTP, ${perSecond.toFixed(0)} a second (${String(CREATE_CLIENTS)} clients).`);
};

const untilWrittenDown = async (files: WatchedFiles, wanted: number): Promise<void> => {
  const until = performance.now() + CASCADE_DEADLINE_MS;
  while (performance.now() < until) {
    const { chunks, lastPos } = files.cascadeChunks();
    if (chunks >= wanted && files.projected() >= lastPos) return;
    await pause(POLL_MS);
  }
  throw new Error(`The cascade stands at ${String(files.cascadeChunks().chunks)} of ${String(wanted)} chunks.`);
};

/** Those that lie wholly between two moments. */
const bucketsBetween = ({ startedAtWallMs, buckets }: HttpResult, fromMs: number, toMs: number): readonly AnswersOfKind[] =>
  buckets.filter((_, index) => startedAtWallMs + index * BUCKET_MS >= fromMs && startedAtWallMs + (index + 1) * BUCKET_MS <= toMs);

const perSecondOf = ({ answers }: AnswersOfKind): number => (answers * 1_000) / BUCKET_MS;
const ratiosTo = (buckets: readonly AnswersOfKind[], reference: number): readonly number[] => buckets.map((bucket) => perSecondOf(bucket) / reference);
const meanRatio = (buckets: readonly AnswersOfKind[], reference: number): number =>
  ratiosTo(buckets, reference).reduce((sum, ratio) => sum + ratio, 0) / buckets.length;

const rowOf = (buckets: readonly AnswersOfKind[], reference: number): Row => {
  const of = (field: 'p50Ms' | 'p99Ms'): string => median(buckets.flatMap((bucket) => bucket[field] ?? [])).toFixed(2);
  return {
    seconds: ((buckets.length * BUCKET_MS) / 1_000).toFixed(1),
    'validations/s': distribution(buckets.map(perSecondOf), 0),
    'p50 ms': of('p50Ms'),
    'p99 ms': of('p99Ms'),
    ratio: distribution(ratiosTo(buckets, reference), 2),
    'ratio of means': meanRatio(buckets, reference).toFixed(2),
  };
};

const block = async (server: StandaloneServer, userId: string) => {
  const fromMs = Date.now();
  await post(server, `${V1}/user/${userId}/disable`, {});
  return { fromMs, tookMs: Date.now() - fromMs };
};

export const benchCascade: RunBench = () =>
  scoped(async (use) => {
    const keys = setting('BENCH_CASCADE_KEYS', 100_000);
    const connections = setting('BENCH_CONNECTIONS', 64);
    const server = use(await startStandalone());
    const load = use(startLoad());
    const requests = (await createKeys(server, setting('BENCH_KEYS', 200))).map(({ token }) => validateText(server.backendKey, token));
    const userId = await createUser(server, { email: 'many-keys@example.test' });
    await createMany(server, load, userId, keys);
    const files = use(watchFiles(server.dataDir));
    const running = measure(load, { ...server, name: 'validations' }, { seconds: LOAD_SECONDS, connections, bucketMs: BUCKET_MS, ...ofOneKind(requests) });
    await pause(setting('BENCH_WARM_UP_SECONDS', 8) * 1_000 + ASIDE_MS);
    const blocked = await block(server, userId);
    await untilWrittenDown(files, Math.ceil(keys / CHUNK_KEYS));
    const endedMs = Date.now();
    await pause(ASIDE_MS);
    load.endRound();
    const result = await running;
    const before = bucketsBetween(result, blocked.fromMs - ASIDE_MS, blocked.fromMs);
    const during = bucketsBetween(result, blocked.fromMs, endedMs);
    const after = bucketsBetween(result, endedMs, Infinity);
    const reference = median([...before, ...after].map(perSecondOf));
    console.log('\nValidations of other keys while the keys of a blocked user are written down. Expected during: a ratio of 0.8 or more.');
    printMachine();
    const seconds = (endedMs - blocked.fromMs) / 1_000;
    const written = `${String(keys)} keys written down in ${seconds.toFixed(1)} s under full load`;
    console.log(`Block answered in ${String(blocked.tookMs)} ms; ${written}; the same ${String(connections)} connections`);
    console.table({ before: rowOf(before, reference), during: rowOf(during, reference), after: rowOf(after, reference) });
    return {
      figures: {
        keys: counted(keys, 'keys'),
        during: overRounds(ratiosTo(during, reference), 'ratio'),
        duringOfMeans: once(meanRatio(during, reference), 'ratio'),
        block: once(blocked.tookMs, 'ms'),
        writtenDown: once(seconds, 's'),
      },
    };
  });
