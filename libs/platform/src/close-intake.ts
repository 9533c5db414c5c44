import type { Server } from 'node:http';

const IDLE_CHECK_MS = 50;

/**
 * Closes an HTTP server through `close`, which waits for its connections. A connection that its client keeps alive is idle only after
 * its last answer, and the server would wait for the client to go. One that never finishes its request is cut after `graceMs`, when
 * everything that was under way must have been answered.
 */
export const closeIntake = async (server: Server, graceMs: number, close: () => Promise<void>): Promise<void> => {
  const closeIdle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const closeAll = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await close();
  } finally {
    clearInterval(closeIdle);
    clearTimeout(closeAll);
  }
};
