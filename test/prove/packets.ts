import { HttpConnection } from '@test/support/clients/http-connection.js';
import { validateRequest } from '@test/support/clients/connected-backend-api.js';
import { targetOf } from './load-targets.js';
import { pause, type Site } from './site.js';

export interface Packets {
  readonly hits: number;
  readonly renewals: number;
  readonly usage: number;
  readonly pings: number;
  /** Of pushes: keys looks for dead nodes with an empty barrier per lease, whether anything is asked or not. */
  readonly acknowledgements: number;
  /** Everything else that the node sent; must be nothing. */
  readonly others: readonly string[];
}

const PUBLISHED = /(?:^|\r\n)(H?PUB \S+|PING|PONG|[A-Z]?SUB \S+)/g;
const ACKNOWLEDGED = /^PUB _INBOX_keys\./;
/** Answers to validations that came as messages are not traffic of the node's own. */
const EXPECTED = /^H?PUB (?:keys\.(?:fence\.renew|usage)$|_INBOX_(?:keys|team)\.)|^P[IO]NG$/;
const CONNECTIONS = 2;
const SETTLE_MS = 2_500;

/** I10: what a node sends during some seconds of validations that it answers from memory. Nothing may change meanwhile. */
export const packetsOfHits = async (site: Site, ms: number): Promise<Packets> => {
  const world = await site.load.freshWorld('packets');
  const [node] = site.nodes;
  const key = world.keys.find(({ kind }) => kind === 'member');
  if (node === undefined || key === undefined) throw new Error('No node to ask, or no key to ask for.');
  const target = targetOf(node, site.backendKey);
  const request = validateRequest(target, key.token);
  const connections = Array.from({ length: CONNECTIONS }, () => new HttpConnection(target.port));
  const [nats, redis] = [site.edges.of(node.name, 'nats'), site.edges.of(node.name, 'redis')];
  let [hits, isOver] = [0, false];
  const asking = connections.map(async (connection) => {
    while (!isOver) {
      if ((await site.load.ask(key, 'packets', () => connection.exchange(request))) === 200) hits += 1;
      await pause(3);
    }
  });
  // What the last changes have left to look up, and the record that a fill sends to Redis afterwards.
  await pause(SETTLE_MS);
  const sent: string[] = [];
  [hits, redis.bytes.up] = [0, 0];
  nats.watch = (direction, piece) => {
    if (direction === 'up') for (const [, line = ''] of piece.toString('latin1').matchAll(PUBLISHED)) sent.push(line);
  };
  await pause(ms);
  nats.watch = null;
  const redisBytes = redis.bytes.up;
  isOver = true;
  await Promise.all(asking);
  for (const connection of connections) connection.close();
  const of = (subject: string): number => sent.filter((line) => line.endsWith(` ${subject}`)).length;
  const others = sent.filter((line) => !EXPECTED.test(line));
  return {
    hits,
    renewals: of('keys.fence.renew'),
    usage: of('keys.usage'),
    pings: sent.filter((line) => /^P[IO]NG$/.test(line)).length,
    acknowledgements: sent.filter((line) => ACKNOWLEDGED.test(line)).length,
    others: redisBytes > 0 ? [...others, `${redisBytes} bytes to Redis`] : others,
  };
};

export const checkPackets = (packets: Packets, ms: number, site: Site): void => {
  const { violations } = site.options;
  const { hits, renewals, usage, acknowledgements, others } = packets;
  // One more for each that was under way when the count began, and one for a timer that came a little early.
  const [mostRenewals, mostUsage] = [ms / (0.2 * site.leaseMs) + 2, ms / 1_000 + 2];
  if (others.length > 0) violations.add('I10', `Between hits a node sent ${[...new Set(others)].join(', ')}.`);
  if (renewals > mostRenewals || usage > mostUsage)
    violations.add('I10', `Within ${ms} ms of hits a node sent ${renewals} renewals and ${usage} flushes of usage.`);
  // Two replicas, and a push is repeated where its acknowledgement took longer than a tenth of a second.
  if (acknowledgements > (4 * ms) / site.leaseMs + 4)
    violations.add('I10', `Within ${ms} ms of hits a node acknowledged ${acknowledgements} pushes, though nothing changed.`);
  if (hits === 0) violations.add('proof', 'No validation was answered while packets were counted.');
};
