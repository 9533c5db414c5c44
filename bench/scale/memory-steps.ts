// What a key in memory costs: distinct keys are validated once each, and the heap is measured after a collection before and after.
import { setTimeout as pause } from 'node:timers/promises';
import { validateText } from '../harness/backend-api.js';
import { type HttpLoad, ofOneKind } from '../harness/load-protocol.js';
import { measure } from '../harness/rounds.js';
import type { ProbedServer } from './filled-server.js';

/** Longer than a flush of usage, which holds copies for a moment. */
const SETTLE_MS = 3_000;
/** Keys of one round: a longer one would look like a server that hangs. */
const SLICE = 10_000;
const CONNECTIONS = 64;

export interface MemoryStep {
  readonly fromKeys: number;
  readonly uptoKeys: number;
  /** For each key that the step added; likewise the next two. */
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly residentBytes: number;
  readonly heapInAllBytes: number;
  readonly perSecond: number;
}

/** Resolves to how many a second. */
const validateEach = async (load: HttpLoad, server: ProbedServer, tokens: readonly string[]): Promise<number> => {
  let elapsedMs = 0;
  for (let from = 0; from < tokens.length; from += SLICE) {
    const requests = tokens.slice(from, from + SLICE).map((token) => validateText(server.backendKey, token));
    const round = { connections: CONNECTIONS, count: requests.length, ...ofOneKind(requests) };
    elapsedMs += (await measure(load, { ...server, name: 'each key once' }, round)).elapsedMs;
  }
  return (tokens.length * 1_000) / elapsedMs;
};

/** `steps`: how many keys are in memory after each. */
export const memorySteps = async (
  load: HttpLoad,
  server: ProbedServer,
  tokens: readonly string[],
  steps: readonly number[],
): Promise<readonly MemoryStep[]> => {
  const measured: MemoryStep[] = [];
  let [before, from] = [await server.heap(), 0];
  for (const upto of steps) {
    const perSecond = await validateEach(load, server, tokens.slice(from, upto));
    await pause(SETTLE_MS);
    const after = await server.heap();
    const perKey = (field: 'heapUsed' | 'external' | 'rss'): number => Math.round((after[field] - before[field]) / (upto - from));
    measured.push({
      fromKeys: from,
      uptoKeys: upto,
      heapBytes: perKey('heapUsed'),
      externalBytes: perKey('external'),
      residentBytes: perKey('rss'),
      heapInAllBytes: after.heapUsed,
      perSecond,
    });
    [before, from] = [after, upto];
  }
  return measured;
};

export const printMemorySteps = (steps: readonly MemoryStep[]): void =>
  console.table(
    Object.fromEntries(
      steps.map((step) => [
        `${String(step.fromKeys)} to ${String(step.uptoKeys)} keys`,
        {
          'heap, bytes a key': step.heapBytes,
          external: step.externalBytes,
          resident: step.residentBytes,
          'heap in all, MB': Math.round(step.heapInAllBytes / 1_048_576),
          'first validations/s': Math.round(step.perSecond),
        },
      ]),
    ),
  );
