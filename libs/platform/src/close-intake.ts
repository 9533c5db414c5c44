import type { Server } from 'node:http';

const IDLE_CHECK_MS = 50;

/**
 * Closes an application of Nest, whose hooks would otherwise run at each `close`. Intake closes the application when the process stops; a start
 * that fails before there is an intake closes it too.
 */
export const closingOnce = (app: { close(): Promise<void> }): (() => Promise<void>) => {
  let closing: Promise<void> | null = null;
  return () => (closing ??= app.close());
};

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
