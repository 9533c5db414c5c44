import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

// Below the range that systems take outgoing connections' ports from: a server that is stopped for a while must find its port again.
const LOWEST = 20_000;
const HIGHEST = 31_999;
const ATTEMPTS = 100;

// Between being given out and being listened on a port looks free to every process. A stack needs some twenty at once, so by chance alone one
// start in sixty met itself, and now and then another one: each process draws from a part of its own, and no port again that it gave out
// a moment ago.
const PARTS = 16;
const PORTS_PER_PART = (HIGHEST + 1 - LOWEST) / PARTS;
const LOWEST_OF_THIS_PROCESS = LOWEST + (process.pid % PARTS) * PORTS_PER_PART;
const REMEMBERED = 300;
const given = new Set<number>();

const giveOut = (port: number): number => {
  given.add(port);
  const [oldest] = given;
  if (given.size > REMEMBERED && oldest !== undefined) given.delete(oldest);
  return port;
};

/** Whether a server can listen there now. */
export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });

/** A loopback port that no process listens on now, and that this process has not just given out. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = LOWEST_OF_THIS_PROCESS + randomInt(PORTS_PER_PART);
    // Given out before the look at it: two callers may be at this line.
    if (!given.has(port) && (await isFree(giveOut(port)))) return port;
  }
  throw new Error(`No free port from ${String(LOWEST_OF_THIS_PROCESS)} to ${String(LOWEST_OF_THIS_PROCESS + PORTS_PER_PART - 1)}.`);
};
