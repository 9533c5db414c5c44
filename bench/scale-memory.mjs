// What a key in memory costs: distinct keys are validated once each, and the heap is measured after a collection before and after.
import { setTimeout as pause } from 'node:timers/promises';
import { requestText } from './standalone.mjs';

/** Longer than a flush of usage, which holds copies for a moment. */
const SETTLE_MS = 3_000;

/** Keys of one round: a longer one would be taken for a server that hangs. */
const SLICE = 10_000;

/** Resolves to how many a second. */
const validateEach = async (load, server, tokens) => {
  let elapsedMs = 0;
  for (let from = 0; from < tokens.length; from += SLICE) {
    const requests = tokens.slice(from, from + SLICE).map((token) => requestText(server.backendKey, token));
    const result = await load.run({ port: server.port, connections: 64, count: requests.length, expectedStatus: 200, requests });
    if (result.unexpected > 0) throw new Error(`Validating each key once: ${result.lastUnexpected}`);
    elapsedMs += result.elapsedMs;
  }
  return (tokens.length * 1_000) / elapsedMs;
};

/** `steps`: how many keys are in memory after each. One row a step: bytes for each key that the step added. */
export const memorySteps = async (load, server, tokens, steps) => {
  const rows = {};
  let [before, from] = [await server.heap(), 0];
  for (const upTo of steps) {
    const perSecond = await validateEach(load, server, tokens.slice(from, upTo));
    await pause(SETTLE_MS);
    const after = await server.heap();
    const perKey = (field) => Math.round((after[field] - before[field]) / (upTo - from));
    rows[`${from} to ${upTo} keys`] = {
      'heap, bytes a key': perKey('heapUsed'), 'external': perKey('external'), 'resident': perKey('rss'),
      'heap in all, MB': Math.round(after.heapUsed / 1_048_576), 'first validations/s': Math.round(perSecond),
    };
    [before, from] = [after, upTo];
  }
  return rows;
};
