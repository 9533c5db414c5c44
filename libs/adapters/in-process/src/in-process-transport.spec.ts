import { rpcTransportContract } from '@test/contract/rpc-transport.contract.js';
import { InProcessClient, InProcessServer } from './in-process-transport.js';

rpcTransportContract('in process', () => {
  const server = new InProcessServer();
  return Promise.resolve({ server, client: new InProcessClient(server), close: () => Promise.resolve() });
});
