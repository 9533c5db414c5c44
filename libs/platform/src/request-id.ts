import type { IncomingMessage } from 'node:http';

/** What our headers and log lines may contain. */
const SANE = /^[A-Za-z0-9._-]{1,64}$/;

/** The X-Request-Id of the caller, if it is well-formed; null if the request needs one of ours. */
export const givenRequestId = ({ headers }: Pick<IncomingMessage, 'headers'>): string | null => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : null;
};
