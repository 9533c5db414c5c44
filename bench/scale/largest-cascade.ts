// The bookkeeping that follows the block of the user with the most keys.
import { setTimeout as pause } from 'node:timers/promises';
import { createKeyText } from '../harness/backend-api.js';
import type { FilledUser } from '../fill-log/fill-log-protocol.js';
import type { HttpLoad } from '../harness/load-protocol.js';
import { watchFiles } from '../harness/log-files.js';
import { distribution, quantile } from '../harness/numbers.js';
import type { Row } from '../harness/rounds.js';
import type { StandaloneServer } from '../harness/standalone.js';
import { blockUser, commandLatencies, unblockUser } from './block-turns.js';
import { megabytes, memoryOf, type ProcessMemory } from './filled-server.js';

const CHUNK_KEYS = 500;
const SLICE_MS = 500;
const QUIET_SECONDS = 5;
const BETWEEN_CREATES_MS = 20;

export interface CascadeWish {
  readonly user: FilledUser;
  /** Of that user. */
  readonly keys: number;
  /** Who gets keys meanwhile. */
  readonly other: FilledUser;
  /** How long to look on, at most. */
  readonly seconds: number;
}

interface CascadeResult {
  readonly blockMs: number;
  readonly quietMs: readonly number[];
  readonly duringMs: readonly number[];
  readonly chunks: number;
  readonly expected: number;
  /** Keys a second, of each slice. */
  readonly rates: readonly number[];
  readonly elapsedMs: number;
  readonly memoryBefore: ProcessMemory;
  readonly memoryAfter: ProcessMemory;
}

const after = (seconds: number): (() => boolean) => {
  const endsAt = performance.now() + seconds * 1_000;
  return () => performance.now() >= endsAt;
};

/** A create at a time, with a pause between, so that most of the server's time is the cascade's; until `over`. */
const createsUntil = async (load: HttpLoad, server: StandaloneServer, { userId }: FilledUser, over: () => boolean): Promise<readonly number[]> => {
  const latenciesMs: number[] = [];
  while (!over()) {
    latenciesMs.push(...(await commandLatencies(load, server, [createKeyText(server.backendKey, userId)])));
    await pause(BETWEEN_CREATES_MS);
  }
  return latenciesMs;
};

/** Blocks the user and looks on until all chunks are in the log, or the time is over; then the user is unblocked. */
export const cascadeOf = async (load: HttpLoad, server: StandaloneServer, { user, keys, other, seconds }: CascadeWish): Promise<CascadeResult> => {
  const files = watchFiles(server.dataDir);
  const quietMs = await createsUntil(load, server, other, after(QUIET_SECONDS));
  const memoryBefore = memoryOf(server.process);
  const startedAt = performance.now();
  const [blockMs = Number.NaN] = await blockUser(load, server, user);
  const causePos = files.posOfBlock(user.userId);
  const expected = Math.ceil(keys / CHUNK_KEYS);
  const rates: number[] = [];
  let chunks = 0;
  const timeIsUp = after(seconds);
  const isOver = (): boolean => chunks >= expected || timeIsUp();
  const creates = createsUntil(load, server, other, isOver);
  while (!isOver()) {
    await pause(SLICE_MS);
    const now = files.cascadeChunks(causePos).chunks;
    rates.push(((now - chunks) * CHUNK_KEYS * 1_000) / SLICE_MS);
    chunks = now;
  }
  const elapsedMs = performance.now() - startedAt;
  const duringMs = await creates;
  const memoryAfter = memoryOf(server.process);
  await files.stop();
  await unblockUser(load, server, user);
  return { blockMs, quietMs, duringMs, chunks, expected, rates, elapsedMs, memoryBefore, memoryAfter };
};

export const printCascade = ({ blockMs, quietMs, duringMs, chunks, expected, rates, elapsedMs, memoryBefore, memoryAfter }: CascadeResult): void => {
  const perSecond = (chunks * CHUNK_KEYS * 1_000) / elapsedMs;
  const written = `${String(chunks)} of ${String(expected)} chunks of ${String(CHUNK_KEYS)} keys in the log after ${(elapsedMs / 1_000).toFixed(1)} s`;
  console.log(`The block was answered in ${blockMs.toFixed(1)} ms. ${written}:`);
  console.log(`${perSecond.toFixed(0)} keys a second; slices of ${String(SLICE_MS)} ms: ${distribution(rates, 0)}`);
  const memory = ({ nowBytes, peakBytes }: ProcessMemory): string => `${megabytes(nowBytes)} MB (peak ${megabytes(peakBytes)} MB)`;
  console.log(`Memory of the process: ${memory(memoryBefore)} before, ${memory(memoryAfter)} at the end`);
  const row = (all: readonly number[]): Row => {
    const at = (share: number): string => quantile(all, share).toFixed(2);
    return { samples: all.length, 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'p99 ms': at(0.99), 'max ms': at(1) };
  };
  console.table({ 'creating a key before': row(quietMs), 'creating a key during the cascade': row(duringMs) });
};
