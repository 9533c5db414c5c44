import { once } from 'node:events';
import { createServer } from 'node:net';

export interface HeldPort {
  readonly port: number;
  release(): void;
}

/** Keeps a port of the loopback address taken, 0 for a free one. A port that another process has is as good. */
export const holdPort = async (wanted = 0): Promise<HeldPort> => {
  const server = createServer().listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return { port: wanted, release: () => undefined };
    throw error;
  }
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : wanted, release: () => void server.close() };
};
