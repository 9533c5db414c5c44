import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

// Below the range that systems take outgoing connections' ports from: a server that is stopped for a while must find its port again.
const LOWEST = 20_000;
const HIGHEST = 31_999;
const ATTEMPTS = 100;

/** Whether a server can listen there now. */
export const isFree = (port: number): Promise<boolean> => new Promise((resolve) => {
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ port, host: LOOPBACK, exclusive: true }, () => { server.close(() => resolve(true)); });
});

/** A loopback port that nobody listens on now. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${String(LOWEST)} and ${String(HIGHEST)}.`);
};
