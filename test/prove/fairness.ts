import { KEYS, textAt } from '@test/support/clients/backend-api.js';
import { CommandClient } from './command-client.js';
import { targetOf } from './load-targets.js';
import type { Site } from './site.js';

export interface Fairness {
  readonly commands: number;
  readonly longestMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** No command waits longer on a machine that does nothing else. A slow machine is slow for all: only a command that waits far longer than others was passed over. */
const LONGEST_WAIT_MS = 1_000;
const TIMES_THE_MEDIAN = 25;
export const isUnfair = ({ longestMs, p50Ms }: Fairness): boolean => longestMs > LONGEST_WAIT_MS && longestMs > TIMES_THE_MEDIAN * p50Ms;

const CLIENTS = 12;
/** The store of the proof reads all of the log where an index would do, so that the log must not grow without bounds. */
const MOST_COMMANDS = 2_000;

/**
 * As many changes as there can be, through both replicas of keys, one of which is a millisecond further from the store. In a race for
 * the next position the nearer one would win forever if it did not rest.
 */
export const fairnessOfWriters = async (site: Site, ms: number): Promise<Fairness> => {
  const [gateway] = site.replicas.filter(({ service }) => service === 'gateway');
  const far = site.replicas.findLast(({ service }) => service === 'keys');
  if (gateway === undefined || far === undefined) throw new Error('The fairness case needs a gateway and keys.');
  site.edges.of(far.name, 'mongo').delay(1);
  const until = performance.now() + ms;
  const waits: number[] = [];
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, index) => {
      const client = new CommandClient(targetOf(gateway, site.backendKey), `fairness ${index}`, () => performance.now() > until);
      // A key that is not watched: what its metadata may be is not written down here.
      const issued = await client.decide('POST', KEYS, {});
      const keyId = issued === null ? '' : textAt(JSON.parse(issued.text), 'api_key_id');
      for (let each = 0; performance.now() < until && waits.length < MOST_COMMANDS; each += 1) {
        const decided = await client.decide('PATCH', `${KEYS}/${keyId}`, { metadata: { n: `fairness-${index}-${each}` } });
        if (decided !== null) waits.push(decided.completedAt - decided.invokedAt);
      }
      client.close();
    }),
  );
  site.edges.of(far.name, 'mongo').delay(0);
  const sorted = waits.toSorted((left, right) => left - right);
  const quantile = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;
  return { commands: waits.length, longestMs: sorted.at(-1) ?? 0, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
};
