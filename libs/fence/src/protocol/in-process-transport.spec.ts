import { SystemClock } from '@app/ports';
import { fenceTransportContract } from '@test/contract/fence-transport.contract.js';
import { InProcessFenceTransport } from './in-process-transport.js';

fenceTransportContract('in process', () => {
  const transport = new InProcessFenceTransport(new SystemClock());
  const done = (): Promise<void> => Promise.resolve();
  return Promise.resolve({
    nodes: [transport, transport],
    authority: transport,
    settled: done,
    close: done,
    serve: (handlers) => {
      transport.connect(handlers);
      return done();
    },
  });
});
