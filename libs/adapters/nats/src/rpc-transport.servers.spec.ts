import { startNats, type StackServer } from '@tools/stack';
import { afterAll, beforeAll } from 'vitest';
import { rpcTransportContract } from '@test/contract/rpc-transport.contract.js';
import { connectNats } from './connection.js';
import { NatsRpcClient, NatsRpcServer } from './rpc-transport.js';

let nats: StackServer;
beforeAll(async () => {
  nats = await startNats({ jetStream: false });
});
afterAll(() => nats.stop());

const linkOf = (user: string) => connectNats({ url: nats.url, user, password: '', name: user });

rpcTransportContract('NATS, two connections', async () => {
  const [service, caller] = await Promise.all([linkOf('service'), linkOf('caller')]);
  return {
    server: new NatsRpcServer(service, 'service'),
    client: new NatsRpcClient(caller),
    close: async () => {
      await Promise.all([service.drain(1_000), caller.drain(1_000)]);
    },
  };
});
