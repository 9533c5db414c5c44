// The four services as processes over MongoDB, NATS and Redis, as `npm run stack` starts them, for the benches of the distributed mode.
import { spawnSync } from 'node:child_process';
import { mongoCapabilities, type NatsUser, type ServiceReplica, type Stack, type StackOptions, startStack } from '@tools/stack';
import type { NatsLink } from '../baselines/baseline-protocol.js';
import { type ApiAccess, createKey, type CreatedKey, createUser } from '../harness/backend-api.js';
import { pinned, type Stoppable } from '../harness/processes.js';
import type { BenchResult } from '../harness/results-file.js';
import { machineLine, type Target } from '../harness/rounds.js';

/** Clients that prepare; not those that are measured. */
const CLIENTS = 16;
const SAMPLE = /^(keyfence_\w+(?:\{[^}]*\})?) (\S+)$/gm;

/** `origin` is the edge's, which leads to gateway or validation by path. */
export interface Services extends ApiAccess, Stoppable {
  readonly stack: Stack;
}

export const startServices = async ({ env = {}, ...options }: StackOptions = {}): Promise<Services> => {
  const stack = await startStack({ ...options, env: { LOG_LEVEL: 'warn', PLATFORM_LIMIT_PER_MINUTE: '1000000000', ...env } });
  const stop = (): Promise<void> => stack.stop();
  try {
    const { backendKey } = await stack.init();
    if (backendKey === null) throw new Error('The stack made no backend key.');
    return { stack, backendKey, origin: stack.edgeOrigin, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** The first replica of a service that the stack has started. */
export const firstReplica = ({ stack }: Services, service: ServiceReplica['service']): ServiceReplica => {
  const [replica] = stack.replicasOf(service);
  if (replica === undefined) throw new Error(`The stack has no ${service}.`);
  return replica;
};

export const originOf = ({ name, origin }: ServiceReplica): string => {
  if (origin === null) throw new Error(`${name} has no address for the API.`);
  return origin;
};

export const targetOf = (replica: ServiceReplica): Target => ({ port: Number(new URL(originOf(replica)).port), process: { pid: replica.pid, ending: null } });

/** All threads of these processes, and what they start. */
export const pin = (core: number, processes: readonly { readonly pid: number | undefined }[]): void => {
  if (!pinned) return;
  for (const { pid } of processes) spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
};

export const linkAs = ({ files }: Stack, user: NatsUser, servers: string): NatsLink => ({
  servers,
  user,
  pass: files.natsPassword(user),
  inboxPrefix: `_INBOX_${user}`,
});

export type Metrics = ReadonlyMap<string, number>;

/** Every sample by its name with labels. */
export const metricsOf = async ({ adminOrigin }: ServiceReplica): Promise<Metrics> => {
  const text = await (await fetch(`${adminOrigin}/metrics`)).text();
  return new Map([...text.matchAll(SAMPLE)].map(([, name = '', value]) => [name, Number(value)]));
};

/** Indexes 0 to `count` - 1 by some clients at once; what `act` gives, in order. */
export const inParallel = async <T>(count: number, act: (index: number) => Promise<T>, clients = CLIENTS): Promise<readonly T[]> => {
  const results: T[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await act(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(clients, count) }, client));
  return results;
};

export const createUsers = (services: Services, count: number): Promise<readonly string[]> =>
  inParallel(count, (index) => createUser(services, { email: `owner-${String(index)}@example.test` }));

/** Spread over the users. */
export const createKeysOf = (services: Services, users: readonly string[], count: number): Promise<readonly CreatedKey[]> =>
  inParallel(count, (index) => createKey(services, { user_id: users[index % users.length] }));

/** Whether each look-up by tag reads the whole log, because the server has no index of tags. */
export const readsWholeLog = ({ stack }: Services): boolean => !mongoCapabilities(stack.servers.mongo).usesIndexes;

export const serversOf = ({ stack: { servers } }: Services): Required<Pick<BenchResult, 'mongoServer' | 'servers'>> => ({
  mongoServer: servers.mongo.name,
  servers: Object.fromEntries([servers.nats, servers.mongo, servers.redis].map(({ name, version }) => [name, version])),
});

/** In place of rounds.ts's `printMachine`: here the servers are part of what is measured. */
export const printServices = (services: Services, cores: string): void => {
  const versions = Object.entries(serversOf(services).servers)
    .map((named) => named.join(' '))
    .join(', ');
  console.log(`\n${machineLine(cores)}; ${versions}; all on this machine`);
  const { mongo } = services.stack.servers;
  if (!mongoCapabilities(mongo).isStandIn) return;
  const cost = readsWholeLog(services) ? 'it reads the whole log where MongoDB has an index of tags' : 'it reads the whole log for a range of positions';
  console.log(`${mongo.name} stands in for MongoDB: ${cost}. Take ratios, not times, and ratios with that in mind.`);
};

export const SHARED_CORES = 'not pinned: all processes share the cores';
