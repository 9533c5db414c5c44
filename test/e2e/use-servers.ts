import { afterEach } from 'vitest';
import { type StandaloneOptions, StandaloneServer } from '@test/support/servers/standalone-process.js';

/** For a spec file: starts servers, each of which is stopped and removed after the test that asked for it. */
export const useServers = (): ((options?: StandaloneOptions) => Promise<StandaloneServer>) => {
  const open: StandaloneServer[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.remove();
  });
  return async (options = {}) => {
    const server = await StandaloneServer.started(options);
    open.push(server);
    return server;
  };
};
