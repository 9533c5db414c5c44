import type { IncomingMessage } from 'node:http';

/** What may stand in a header of ours and in a log line. */
const SANE = /^[A-Za-z0-9._-]{1,64}$/;

/** The X-Request-Id that the caller gave, if it is a sane one; null if the request needs one of ours. */
export const givenRequestId = ({ headers }: Pick<IncomingMessage, 'headers'>): string | null => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : null;
};
