// The four services as processes over MongoDB, NATS and Redis, as `npm run stack` starts them, for the benches of the distributed mode.
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pinned } from './processes.mjs';
import { post } from './standalone.mjs';

const KEYS_PATH = '/api/backend/v1/end_user_api_keys';
/** Clients that prepare; not those that are measured. */
const CLIENTS = 16;
const SAMPLE = /^(keyfence_\w+(?:\{[^}]*\})?) (\S+)$/gm;

/** What was built of apps/stack. */
export const stackBeside = (entry) => import(pathToFileURL(join(dirname(entry), 'index.js')).href);

/** `origin` is the edge's, which leads to gateway or validation by path. */
export const startServices = async (entry, { env = {}, ...options } = {}) => {
  const { mongoCapabilities, startStack } = await stackBeside(entry);
  const stack = await startStack({ ...options, env: { LOG_LEVEL: 'warn', PLATFORM_LIMIT_PER_MINUTE: '1000000000', ...env } });
  const stop = () => stack.stop();
  try {
    const { backendKey } = await stack.init();
    return { stack, mongo: mongoCapabilities(stack.servers.mongo), backendKey, origin: stack.edgeOrigin, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** A replica as what rounds.mjs measures. */
export const subjectOf = (replica) => ({ port: Number(new URL(replica.origin).port), process: { child: { pid: replica.pid, exitCode: null, signalCode: null } } });

/** All threads of these processes, and what they start. */
export const pin = (core, processes) => {
  if (!pinned) return;
  for (const { pid } of processes) spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
};

/** Every sample by its name with labels. */
export const metricsOf = async ({ adminOrigin }) => {
  const text = await (await fetch(`${adminOrigin}/metrics`)).text();
  return Object.fromEntries([...text.matchAll(SAMPLE)].map(([, name, value]) => [name, Number(value)]));
};

/** Indexes 0 to `count` - 1 by some clients at once; what `act` gives, in order. */
export const inParallel = async (count, act, clients = CLIENTS) => {
  const results = [];
  let next = 0;
  const client = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await act(index);
  };
  await Promise.all(Array.from({ length: Math.min(clients, count) }, client));
  return results;
};

const send = async (services, path, body) => JSON.parse(await post(services, path, body));

export const createUsers = (services, count) =>
  inParallel(count, async (index) => (await send(services, '/api/backend/v1/user/', { email: `owner-${index}@example.test` })).user_id);

/** `{id, token}` of each, spread over the users. */
export const createKeysOf = (services, users, count) => inParallel(count, async (index) => {
  const key = await send(services, KEYS_PATH, { user_id: users[index % users.length] });
  return { id: key.api_key_id, token: key.api_key_token };
});

/** A revoke as bytes on the wire, for the load. */
export const revokeText = (backendKey, keyId) =>
  `DELETE ${KEYS_PATH}/${keyId} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${backendKey}\r\nContent-Length: 0\r\n\r\n`;

export const isStandIn = ({ mongo }) => mongo.isStandIn;

/** In place of rounds.mjs's `printMachine`: here the servers are part of what is measured. */
export const printServices = (services, cores) => {
  const { mongo, nats, redis } = services.stack.servers;
  const versions = [nats, mongo, redis].map(({ name, version }) => `${name} ${version}`).join(', ');
  console.log(`\nNode ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${pinned ? cores : 'not pinned to cores'}; ${versions}; all on this machine`);
  if (!isStandIn(services)) return;
  const cost = services.mongo.usesIndexes ? 'it reads the whole log for a range of positions' : 'it reads the whole log where MongoDB has an index of tags';
  console.log(`${mongo.name} stands in for MongoDB: ${cost}. Take ratios, not times, and ratios with that in mind.`);
};
