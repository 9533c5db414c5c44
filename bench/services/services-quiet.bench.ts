// What does a validation process send while memory answers? Everything that leaves it for a server goes through a counter: renewals of its
// lease, one flush of usage a second, pings, an answer to keys now and then, and nothing for each validation. BENCH_SECONDS,
// BENCH_CONNECTIONS, BENCH_KEYS, BENCH_LEASE_MS change its size.
import { setTimeout as pause } from 'node:timers/promises';
import type { AddressOf } from '@tools/stack';
import { createKeys, validateText } from '../harness/backend-api.js';
import type { RunBench } from '../harness/bench.js';
import { counted } from '../harness/figures.js';
import { ofOneKind, startLoad } from '../harness/load-protocol.js';
import { setting } from '../harness/numbers.js';
import { ANY_CORE, scoped, type Use } from '../harness/processes.js';
import { measure } from '../harness/rounds.js';
import { type CountedLine, countLine } from './line-counter.js';
import { firstReplica, metricsOf, printServices, serversOf, startServices, targetOf } from './services.js';

const WARM_UP_SECONDS = 3;
/** Until records have reached Redis and the last usage has been told of. */
const SETTLE_MS = 3_000;
const USAGE_MS = 1_000;
const PING_MS = 2_000;
/** The server asks too, and is answered. */
const SERVER_PING_MS = 10_000;
const RENEWALS_OF_LEASE = 0.2;
const KNOWN = {
  renewals: /^H?PUB keys\.fence\.renew$/,
  usage: /^H?PUB keys\.usage$/,
  pings: /^PING$/,
  'answers to pings': /^PONG$/,
  // keys asks whether every node is there when nothing has changed for a whole lease.
  'answers to barriers': /^H?PUB _INBOX_keys\./,
} as const;
const LOOKED_UP = 'keyfence_validations_looked_up_total';

/** By server. */
type Lines = ReadonlyMap<string, CountedLine>;

const lineTo = (lines: Lines, server: string): CountedLine => {
  const line = lines.get(server);
  if (line === undefined) throw new Error(`The validation process has no line to ${server}.`);
  return line;
};

/** What went over the lines while `act` ran, which gives the number of validations. */
const watch = async (lines: Lines, act: () => Promise<number>) => {
  for (const line of lines.values()) line.reset();
  const validations = await act();
  const [nats, redis] = [lineTo(lines, 'nats').sent, lineTo(lines, 'redis').sent];
  const said = [...nats.said];
  const timesOf = (pattern: RegExp): number => said.filter(([what]) => pattern.test(what)).reduce((sum, [, times]) => sum + times, 0);
  const others = said.filter(([what]) => !Object.values(KNOWN).some((pattern) => pattern.test(what)));
  return {
    validations,
    renewals: timesOf(KNOWN.renewals),
    usage: timesOf(KNOWN.usage),
    pings: timesOf(KNOWN.pings),
    'answers to pings': timesOf(KNOWN['answers to pings']),
    'answers to barriers': timesOf(KNOWN['answers to barriers']),
    'anything else': others.map(([what, times]) => `${String(times)} ${what}`).join(', '),
    'pieces to NATS': nats.pieces,
    'bytes to NATS': nats.bytes,
    'bytes to Redis': redis.bytes,
  };
};

type Watched = Awaited<ReturnType<typeof watch>>;

const expected = (seconds: number, leaseMs: number): Readonly<Record<keyof Watched, string>> => {
  const every = (ms: number): string => `${String(Math.round((seconds * 1_000) / ms))} ± 1`;
  return {
    validations: 'any',
    renewals: every(RENEWALS_OF_LEASE * leaseMs),
    usage: `${every(USAGE_MS)}; idle: 0`,
    pings: every(PING_MS),
    'answers to pings': every(SERVER_PING_MS),
    'answers to barriers': every(leaseMs),
    'anything else': '',
    'pieces to NATS': '',
    'bytes to NATS': '',
    'bytes to Redis': '0',
  };
};

const countedLines = (use: Use) => {
  const lines = new Map<string, CountedLine>();
  const addressOf: AddressOf = async ({ service, server, url }) => {
    if (service !== 'validation') return url;
    const line = use(await countLine(url, { nats: server === 'nats' }));
    lines.set(server, line);
    return line.url;
  };
  return { lines, addressOf };
};

/** What a row is for each thing that can be sent: there are more of them than fit beside each other. */
const print = (idle: Watched, busy: Watched, wanted: Readonly<Record<keyof Watched, string>>): void => {
  const names = Object.keys(busy) as (keyof Watched)[];
  console.table(Object.fromEntries(names.map((name) => [name, { idle: idle[name], 'from memory': busy[name], expected: wanted[name] }])));
};

export const benchServicesQuiet: RunBench = () =>
  scoped(async (use) => {
    const [seconds, leaseMs] = [setting('BENCH_SECONDS', 10), setting('BENCH_LEASE_MS', 5_000)];
    const { lines, addressOf } = countedLines(use);
    const services = use(await startServices({ addressOf, env: { FENCE_LEASE_MS: String(leaseMs) } }));
    const node = firstReplica(services, 'validation');
    const requests = ofOneKind((await createKeys(services, setting('BENCH_KEYS', 50))).map(({ token }) => validateText(services.backendKey, token)));
    const load = use(startLoad(ANY_CORE));
    const connections = setting('BENCH_CONNECTIONS', 64);
    const validate = async (forSeconds: number): Promise<number> =>
      (await measure(load, { ...targetOf(node), name: 'validations' }, { connections, seconds: forSeconds, ...requests })).answers;
    await validate(WARM_UP_SECONDS);
    await pause(SETTLE_MS);
    const idle = await watch(lines, async () => {
      await pause(seconds * 1_000);
      return 0;
    });
    const lookedUp = async (): Promise<number> => (await metricsOf(node)).get(LOOKED_UP) ?? 0;
    const before = await lookedUp();
    const busy = await watch(lines, () => validate(seconds));
    const missed = (await lookedUp()) - before;
    const to = [...lines.keys()].join(' and ');
    console.log(`\nWhat one validation process sends in ${String(seconds)} s, L = ${String(leaseMs)} ms. It has lines to ${to}, and none to MongoDB.`);
    printServices(services, 'not pinned');
    print(idle, busy, expected(seconds, leaseMs));
    const bytesEach = (busy['bytes to NATS'] / busy.validations).toFixed(3);
    console.log(`${String(missed)} of the ${String(busy.validations)} validations were looked up. ${bytesEach} bytes sent for each.`);
    const times = (value: number) => counted(value, 'messages');
    return {
      ...serversOf(services),
      figures: {
        seconds: counted(seconds, 's'),
        validations: counted(busy.validations, 'validations'),
        renewals: times(busy.renewals),
        flushes: times(busy.usage),
        pings: times(busy.pings),
        acknowledgements: times(busy['answers to barriers']),
        kindsOfAnythingElse: counted(busy['anything else'] === '' ? 0 : busy['anything else'].split(', ').length, 'kinds'),
      },
    };
  });
