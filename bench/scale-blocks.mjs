// Blocks of users with few and with very many keys, beside bare durable inserts; and the bookkeeping that follows the largest.
import { setTimeout as pause } from 'node:timers/promises';
import { distribution, median, quantile } from './numbers.mjs';
import { megabytes, memoryOf, watchFiles } from './scale-server.mjs';
import { postText } from './standalone.mjs';

const CHUNK_KEYS = 500;
const BYTES_OF_COMMIT = 600;
const SLICE_MS = 500;

/** One after another on one connection: each waits for its own barrier alone. */
const latenciesOf = async (load, server, requests) => {
  const result = await load.run({ port: server.port, connections: 1, count: requests.length, every: true, expectedStatus: 200, requests });
  if (result.unexpected > 0) throw new Error(`A command: ${result.lastUnexpected}`);
  return result.latenciesMs;
};

const userRequest = (server, userId, verb) => postText(server.backendKey, `/api/backend/v1/user/${userId}/${verb}`, {});
const block = (load, server, users) => latenciesOf(load, server, users.map(({ userId }) => userRequest(server, userId, 'disable')));
const unblock = (load, server, users) => latenciesOf(load, server, users.map(({ userId }) => userRequest(server, userId, 'enable')));

/**
 * Turns over users of every size: each is blocked and unblocked again (the environment reinstates keys, so each block ends all of the
 * user's keys again). What runs behind them, the bookkeeping of all that, runs behind every size alike.
 * Resolves to the latencies by name, and those of bare inserts in the same turns.
 */
export const blockTurns = async (load, server, inserts, sizes, turns) => {
  const latencies = Object.fromEntries(['bare', ...sizes.map(({ name }) => name)].map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn += 1) {
    latencies.bare.push(...(await inserts.run({ count: 5, batch: 1, bytes: BYTES_OF_COMMIT })).latenciesMs);
    for (const { name, users } of turn % 2 === 0 ? sizes : sizes.toReversed()) {
      const user = [users[turn % users.length]];
      latencies[name].push(...(await block(load, server, user)));
      await unblock(load, server, user);
    }
  }
  return latencies;
};

export const blockRows = ({ bare, ...sizes }) => {
  const row = (all) => ({ samples: all.length, 'p50 ms': quantile(all, 0.5).toFixed(2), 'p99 ms': quantile(all, 0.99).toFixed(2), 'max ms': quantile(all, 1).toFixed(2) });
  const ratio = (all, to, share) => (quantile(all, share) / quantile(to, share)).toFixed(2);
  const [[, smallest]] = Object.entries(sizes);
  const rows = { 'a bare durable insert': row(bare) };
  for (const [name, all] of Object.entries(sizes)) {
    rows[`block, ${name}`] = {
      ...row(all), 'p50 to bare': ratio(all, bare, 0.5), 'p99 to bare': ratio(all, bare, 0.99), 'p50 to the smallest': ratio(all, smallest, 0.5),
    };
  }
  return rows;
};

const createRequest = (server, { userId }) => postText(server.backendKey, '/api/backend/v1/end_user_api_keys', { user_id: userId });

/** A create at a time, with a pause between, so that most of the server's time is the cascade's; until `over`. */
const createsUntil = async (load, server, user, over) => {
  const latencies = [];
  while (!over()) {
    latencies.push(...(await latenciesOf(load, server, [createRequest(server, user)])));
    await pause(20);
  }
  return latencies;
};

/** Blocks the user and looks on until all chunks are in the log, or `seconds` have passed; then the user is unblocked. */
export const cascadeOf = async (load, server, { user, keys, other, seconds }) => {
  const files = watchFiles(server);
  const quiet = await createsUntil(load, server, other, after(5));
  const memoryBefore = memoryOf(server);
  const startedAt = performance.now();
  const [blockMs] = await block(load, server, [user]);
  const pos = files.posOfBlock(user.userId);
  const expected = Math.ceil(keys / CHUNK_KEYS);
  const rates = [];
  let chunks = 0;
  const timeIsUp = after(seconds);
  const isOver = () => chunks >= expected || timeIsUp();
  const creates = createsUntil(load, server, other, isOver);
  while (!isOver()) {
    await pause(SLICE_MS);
    const now = files.chunksOf(pos);
    rates.push(((now - chunks) * CHUNK_KEYS * 1_000) / SLICE_MS);
    chunks = now;
  }
  const elapsedMs = performance.now() - startedAt;
  const during = await creates;
  const memoryAfter = memoryOf(server);
  files.stop();
  await unblock(load, server, [user]);
  return { blockMs, quiet, during, chunks, expected, rates, elapsedMs, memoryBefore, memoryAfter };
};

const after = (seconds) => {
  const endsAt = performance.now() + seconds * 1_000;
  return () => performance.now() >= endsAt;
};

export const printCascade = ({ blockMs, quiet, during, chunks, expected, rates, elapsedMs, memoryBefore, memoryAfter }) => {
  const perSecond = (chunks * CHUNK_KEYS * 1_000) / elapsedMs;
  console.log(`The block was answered in ${blockMs.toFixed(1)} ms. ${chunks} of ${expected} chunks of ${CHUNK_KEYS} keys in the log after ${(elapsedMs / 1_000).toFixed(1)} s:`);
  console.log(`${perSecond.toFixed(0)} keys a second; slices of ${SLICE_MS} ms: ${distribution(rates, 0)}`);
  console.log(`Memory of the process: ${megabytes(memoryBefore.now)} MB before, ${megabytes(memoryAfter.now)} MB at the end, peak ${megabytes(memoryBefore.peak)} MB before and ${megabytes(memoryAfter.peak)} MB at the end`);
  const row = (all) => ({ samples: all.length, 'p50 ms': median(all).toFixed(2), 'p95 ms': quantile(all, 0.95).toFixed(2), 'p99 ms': quantile(all, 0.99).toFixed(2), 'max ms': quantile(all, 1).toFixed(2) });
  console.table({ 'creating a key before': row(quiet), 'creating a key during the cascade': row(during) });
};
