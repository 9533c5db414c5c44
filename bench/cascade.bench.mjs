// Does the bookkeeping after a block hold up validations? A user with BENCH_CASCADE_KEYS keys is blocked; other keys are validated
// before, until the last of the user's keys is written down in log and read models, and after. Load and server have a core each; the
// load is the same connections throughout.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'libsql';
import { distribution, median, setting } from './numbers.mjs';
import { scoped, startLoad } from './processes.mjs';
import { measure, printMachine } from './rounds.mjs';
import { createKeys, post, postText, requestText, startStandalone } from './standalone.mjs';

const CREATE_CLIENTS = 64;
const SLICE = 10_000;
const CHUNK_KEYS = 500;
const CASCADE_DEADLINE_MS = 300_000;
const BUCKET_MS = 250;
const WARM_UP_MS = 8_000;
/** Measured before the block, and after the cascade. */
const ASIDE_MS = 6_000;

/** Looks at the server's files, not at the server: a question to it would be load of another kind. */
const watchFiles = (dataDir) => {
  const log = new Database(join(dataDir, 'log.db'));
  const views = new Database(join(dataDir, 'views.db'));
  log.pragma('query_only = 1');
  views.pragma('query_only = 1');
  const chunks = log.prepare("SELECT count(*) AS n, max(pos) AS last FROM commit_tags WHERE tag >= 'command-cascade-' AND tag < 'command-cascade.'");
  const projected = views.prepare("SELECT pos FROM projections WHERE name = 'keys'");
  return {
    state: () => {
      const [{ n, last }] = chunks.all();
      return { chunks: n, projected: last !== null && projected.all()[0].pos >= last };
    },
    stop: () => {
      log.close();
      views.close();
    },
  };
};

/** In slices, because a round that takes long is taken for a server that hangs. */
const createMany = async (server, load, userId, count) => {
  const requests = [postText(server.backendKey, '/api/backend/v1/end_user_api_keys', { user_id: userId })];
  const startedAt = performance.now();
  for (let made = 0; made < count; made += SLICE) {
    const slice = { port: server.port, connections: CREATE_CLIENTS, count: Math.min(SLICE, count - made), expectedStatus: 200, requests };
    const { unexpected, lastUnexpected } = await load.run(slice);
    if (unexpected > 0) throw new Error(`Creating keys: ${lastUnexpected}`);
  }
  const rate = (count * 1_000) / (performance.now() - startedAt);
  console.log(`${count} keys of one user made over HTTP, ${rate.toFixed(0)} a second (${CREATE_CLIENTS} clients).`);
};

const untilWrittenDown = async (files, chunks) => {
  const until = performance.now() + CASCADE_DEADLINE_MS;
  while (performance.now() < until) {
    const state = files.state();
    if (state.chunks >= chunks && state.projected) return;
    await pause(20);
  }
  throw new Error(`The cascade stands at ${files.state().chunks} of ${chunks} chunks.`);
};

/** Those that lie wholly between two moments. */
const bucketsBetween = ({ startedAtWallMs, buckets }, fromMs, toMs) =>
  buckets.filter((_, index) => startedAtWallMs + index * BUCKET_MS >= fromMs && startedAtWallMs + (index + 1) * BUCKET_MS <= toMs);

const perSecond = ({ answers }) => (answers * 1_000) / BUCKET_MS;

const rowOf = (buckets, reference) => {
  const of = (field) => buckets.map((bucket) => bucket[field]).filter((value) => value !== null);
  return {
    seconds: ((buckets.length * BUCKET_MS) / 1_000).toFixed(1),
    'validations/s': distribution(buckets.map(perSecond), 0),
    'p50 ms': median(of('p50Ms')).toFixed(2),
    'p99 ms': median(of('p99Ms')).toFixed(2),
    ratio: distribution(buckets.map((bucket) => perSecond(bucket) / reference), 2),
    'ratio of means': (buckets.reduce((sum, bucket) => sum + perSecond(bucket), 0) / buckets.length / reference).toFixed(2),
  };
};

const block = async (server, userId) => {
  const fromMs = Date.now();
  await post(server, `/api/backend/v1/user/${userId}/disable`, {});
  return { fromMs, tookMs: Date.now() - fromMs };
};

export const benchCascade = (entry) =>
  scoped(async (use) => {
    const keys = setting('BENCH_CASCADE_KEYS', 100_000);
    const connections = setting('BENCH_CONNECTIONS', 64);
    const server = use(await startStandalone(entry));
    const load = use(startLoad());
    const requests = (await createKeys(server, setting('BENCH_KEYS', 200))).map(({ token }) => requestText(server.backendKey, token));
    const user = JSON.parse(await post(server, '/api/backend/v1/user/', { email: 'many-keys@example.test' }));
    await createMany(server, load, user.user_id, keys);
    const files = use(watchFiles(server.dataDir));
    const running = measure(load, { ...server, name: 'validations' }, { seconds: 600, connections, expectedStatus: 200, requests, bucketMs: BUCKET_MS });
    await pause(WARM_UP_MS + ASIDE_MS);
    const blocked = await block(server, user.user_id);
    await untilWrittenDown(files, Math.ceil(keys / CHUNK_KEYS));
    const endedMs = Date.now();
    await pause(ASIDE_MS);
    load.endRound();
    const result = await running;
    const before = bucketsBetween(result, blocked.fromMs - ASIDE_MS, blocked.fromMs);
    const during = bucketsBetween(result, blocked.fromMs, endedMs);
    const after = bucketsBetween(result, endedMs, Infinity);
    const reference = median([...before, ...after].map(perSecond));
    console.log('\nValidations of other keys while the keys of a blocked user are written down. Expected during: a ratio of 0.8 or more.');
    printMachine();
    const seconds = (endedMs - blocked.fromMs) / 1_000;
    console.log(`Block answered in ${blocked.tookMs} ms; ${keys} keys written down in ${seconds.toFixed(1)} s under full load; the same ${connections} connections`);
    console.table({ before: rowOf(before, reference), during: rowOf(during, reference), after: rowOf(after, reference) });
  });
