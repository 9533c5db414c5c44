import { setMaxListeners } from 'node:events';

/** The server was not heard of within the deadline; what it was asked to do may still happen. */
export class MongoSilent extends Error {
  constructor(deadlineMs: number) {
    super(`MongoDB did not answer within ${deadlineMs} ms.`);
    this.name = 'MongoSilent';
  }
}

/**
 * Ends the wait for `work` after `deadlineMs`, and with the signal what can be ended of the work itself. The driver's own timeouts count
 * anew for each step (choosing a server, a free connection, the answer), so that alone they bound nothing.
 */
export async function inTime<Answer>(deadlineMs: number, work: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const ending = new AbortController();
  // One for each point read of a page; Node takes more than ten for a leak.
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

/** What an operator or a start waits for: an index over a long log, all rows of a view. */
export const LONG_MS = 10 * 60_000;
/**
 * For a command that may take so long. The driver reads the second one beside the documented options of a command; without it the
 * connection's own timeout, which is a call's deadline, cuts the command off.
 */
export const PATIENT: object = { maxTimeMS: LONG_MS, socketTimeoutMS: LONG_MS };
