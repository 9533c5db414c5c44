// What does a validation process send while memory answers? Everything that leaves it for a server goes through a counter: renewals of its
// lease, one flush of usage a second, pings, an answer to keys now and then, and nothing for each validation. BENCH_SECONDS, BENCH_CONNECTIONS, BENCH_KEYS,
// BENCH_LEASE_MS change its size.
import { setTimeout as pause } from 'node:timers/promises';
import { countLine } from './line-counter.mjs';
import { setting } from './numbers.mjs';
import { ANY_CORE, scoped, startLoad } from './processes.mjs';
import { measure } from './rounds.mjs';
import { metricsOf, printServices, startServices, subjectOf } from './services.mjs';
import { createKeys, requestText } from './standalone.mjs';

const WARM_UP_SECONDS = 3;
/** Until records have reached Redis and the last usage has been told of. */
const SETTLE_MS = 3_000;
const USAGE_MS = 1_000;
const PING_MS = 2_000;
/** The server asks too, and is answered. */
const SERVER_PING_MS = 10_000;
const KNOWN = {
  renewals: /^H?PUB keys\.fence\.renew$/, usage: /^H?PUB keys\.usage$/, pings: /^PING$/, 'answers to pings': /^PONG$/,
  // keys asks whether every node is there when nothing has changed for a whole lease.
  'answers to barriers': /^H?PUB _INBOX_keys\./,
};
const LOOKED_UP = 'keyfence_validations_looked_up_total';

/** What went over the lines while `act` ran. */
const watch = async (lines, act) => {
  for (const line of Object.values(lines)) line.reset();
  const validations = await act();
  const { nats, redis } = lines;
  const said = Object.entries(nats.sent.said);
  const timesOf = (pattern) => said.filter(([what]) => pattern.test(what)).reduce((sum, [, times]) => sum + times, 0);
  const known = Object.fromEntries(Object.entries(KNOWN).map(([name, pattern]) => [name, timesOf(pattern)]));
  const others = said.filter(([what]) => !Object.values(KNOWN).some((pattern) => pattern.test(what)));
  return {
    validations, ...known, 'anything else': others.map(([what, times]) => `${times} ${what}`).join(', ') || 0,
    'pieces to NATS': nats.sent.pieces, 'bytes to NATS': nats.sent.bytes, 'bytes to Redis': redis.sent.bytes,
  };
};

const expected = (seconds, leaseMs) => {
  const every = (ms) => `${Math.round((seconds * 1_000) / ms)} ± 1`;
  return {
    validations: 'any', renewals: every(0.2 * leaseMs), usage: `${every(USAGE_MS)}; idle: 0`, pings: every(PING_MS), 'answers to pings': every(SERVER_PING_MS),
    'answers to barriers': every(leaseMs), 'anything else': 0, 'pieces to NATS': '', 'bytes to NATS': '', 'bytes to Redis': 0,
  };
};

export const benchServicesQuiet = (entry) =>
  scoped(async (use) => {
    const seconds = setting('BENCH_SECONDS', 10);
    const leaseMs = setting('BENCH_LEASE_MS', 5_000);
    const lines = {};
    const addressOf = async ({ service, server, url }) => {
      if (service !== 'validation') return url;
      lines[server] = use(await countLine(url, { nats: server === 'nats' }));
      return lines[server].url;
    };
    const services = use(await startServices(entry, { addressOf, env: { FENCE_LEASE_MS: String(leaseMs) } }));
    const [node] = services.stack.replicasOf('validation');
    const requests = (await createKeys(services, setting('BENCH_KEYS', 50))).map(({ token }) => requestText(services.backendKey, token));
    const load = use(startLoad({ core: ANY_CORE }));
    const round = { connections: setting('BENCH_CONNECTIONS', 64), expectedStatus: 200, requests };
    const validate = async (forSeconds) => (await measure(load, { ...subjectOf(node), name: 'validations' }, { ...round, seconds: forSeconds })).answers;
    await validate(WARM_UP_SECONDS);
    await pause(SETTLE_MS);
    const idle = await watch(lines, async () => {
      await pause(seconds * 1_000);
      return 0;
    });
    const lookedUp = (await metricsOf(node))[LOOKED_UP];
    const busy = await watch(lines, () => validate(seconds));
    const missed = (await metricsOf(node))[LOOKED_UP] - lookedUp;
    console.log(`\nWhat one validation process sends in ${seconds} s, L = ${leaseMs} ms. It has lines to ${Object.keys(lines).join(' and ')}, and none to MongoDB.`);
    printServices(services, 'not pinned');
    // What a row is for each thing that can be sent: there are more of them than fit beside each other.
    const columns = { idle, 'from memory': busy, expected: expected(seconds, leaseMs) };
    console.table(Object.fromEntries(Object.keys(busy).map((name) => [name, Object.fromEntries(Object.entries(columns).map(([column, values]) => [column, values[name]]))])));
    console.log(`${missed} of the ${busy.validations} validations were looked up. ${(busy['bytes to NATS'] / busy.validations).toFixed(3)} bytes sent for each.`);
  });
