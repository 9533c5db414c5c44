import { randomBytes } from 'node:crypto';
import { startNats, type StackServer } from '@tools/stack';
import { afterAll, beforeAll } from 'vitest';
import { fenceTransportContract } from '@test/contract/fence-transport.contract.js';
import { connectNats } from './connection.js';
import { FenceSeal } from './fence-seal.js';
import { serveFence } from './fence-service.js';
import { NatsFenceTransport } from './fence-transport.js';

let nats: StackServer;
beforeAll(async () => {
  nats = await startNats({ jetStream: false });
});
afterAll(() => nats.stop());

fenceTransportContract('NATS, sealed', async () => {
  const links = await Promise.all(['keys', 'gateway', 'validation'].map((user) => connectNats({ url: nats.url, user, password: '', name: user })));
  const [keys, first, second] = links;
  if (keys === undefined || first === undefined || second === undefined) throw new Error('Three connections were asked for.');
  const seal = new FenceSeal(randomBytes(32));
  return {
    nodes: [new NatsFenceTransport(first, seal), new NatsFenceTransport(second, seal)],
    authority: new NatsFenceTransport(keys, seal),
    serve: (handlers) => serveFence(keys, handlers, seal).listening(),
    settled: async () => {
      await Promise.all(links.map((link) => link.connection.flush()));
    },
    close: async () => {
      await Promise.all(links.map((link) => link.drain(1_000)));
    },
  };
});
