import type { ServiceName } from '@tools/stack';
import { pause } from '../site.js';
import type { Ways } from '../tcp-proxy.js';
import { type Fault, first } from './fault.js';

const WAYS: Readonly<Record<Ways, string>> = { both: 'in both directions', up: 'towards it', down: 'from it' };

/** Long enough for its lease to end, not always for the connection to be given up. */
export const cutFromNats = (service: ServiceName, ways: Ways, leases: readonly [number, number] = [1.5, 5]): Fault => ({
  name: `${service} cut from NATS ${WAYS[ways]}`,
  claims: [service],
  run: async (site, replicas, random) => {
    const { name } = first(replicas);
    const line = site.edges.cut(name, 'nats', ways);
    await pause(site.leaseMs * random.between(...leases));
    line.heal();
  },
});

export const slowNats = (service: ServiceName): Fault => ({
  name: `${service} 3 s away from NATS`,
  claims: [service],
  run: async (site, replicas) => {
    const line = site.edges.of(first(replicas).name, 'nats');
    line.delay(3_000);
    await pause(6_000);
    line.delay(0);
  },
});

export const connectionsReset = (service: ServiceName): Fault => ({
  name: `every connection of ${service} reset`,
  claims: [service],
  run: async (site, replicas) => {
    const { name } = first(replicas);
    for (const server of service === 'keys' || service === 'directory' ? (['nats', 'mongo'] as const) : (['nats', 'redis'] as const))
      site.edges.of(name, server).reset();
    await pause(500);
  },
});

export const natsRestartedEmpty: Fault = {
  name: 'NATS stopped and started again empty',
  claims: ['nats'],
  run: async (site) => {
    await site.stack.servers.nats.kill();
    await pause(site.random.between(0, 2 * site.leaseMs));
    await site.stack.servers.nats.restart({ empty: true });
  },
};

export const storeStopped: Fault = {
  name: 'the store stopped for a while',
  claims: ['mongo'],
  run: async (site, _, random) => {
    site.stack.servers.mongo.pause();
    await pause(random.between(1_000, 3_000));
    site.stack.servers.mongo.resume();
  },
};

export const everythingCut: Fault = {
  name: 'everything cut for 10 s',
  claims: ['everything'],
  run: async (site) => {
    site.edges.cutAll();
    await pause(10_000);
    site.edges.healAll();
  },
};

/** One after the other, as an update does it; the servers last. */
export const rollingRestart: Fault = {
  name: 'a rolling restart of everything',
  claims: ['everything'],
  run: async (site) => {
    for (const replica of site.replicas) {
      await site.stop(replica);
      await site.bringBack(replica);
    }
    for (const server of Object.values(site.stack.servers)) await server.restart();
  },
};
