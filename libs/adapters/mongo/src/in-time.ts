import { setMaxListeners } from 'node:events';

/** The server did not reply within the deadline; the operation may still happen. */
export class MongoSilent extends Error {
  constructor(deadlineMs: number) {
    super(`MongoDB did not answer within ${deadlineMs} ms.`);
    this.name = 'MongoSilent';
  }
}

/**
 * Ends the wait for `work` after `deadlineMs`, and the signal stops those parts of the work that can be stopped. The driver's own timeouts start
 * again for each step (choosing a server, a free connection, the reply), so alone they limit nothing.
 */
export async function inTime<Answer>(deadlineMs: number, work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const ending = new AbortController();
  // One listener for each point read of a page; Node reports more than ten as a leak.
  setMaxListeners(0, ending.signal);
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new MongoSilent(deadlineMs);
      reject(error);
      ending.abort(error);
    }, deadlineMs);
  });
  try {
    return await Promise.race([work(ending.signal), silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** For work that an operator or a start waits for: an index over a long log, all rows of a view. */
export const LONG_MS = 10 * 60_000;
/**
 * For a command that may take so long. The driver reads the second one although it is not a documented option of a command; without it the
 * connection's own timeout, which is a call's deadline, cuts the command off.
 */
export const PATIENT: object = { maxTimeMS: LONG_MS, socketTimeoutMS: LONG_MS };
