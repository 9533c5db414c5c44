import type { FastifyReply } from 'fastify';
import { ApiRefusal } from '@app/http-api';
import type { RateLimiter } from '@app/ports';

/** What is counted beside the calls of backend keys. In memory each has a limiter of its own: windows of logins must not push out those of keys. */
export class EntryLimiters {
  constructor(
    readonly organizationKeys: RateLimiter,
    readonly logins: RateLimiter,
    /** The nodes' own. Makes the names of accounts' counters, because no address may lie in a shared store, and the tokens that follow others. */
    readonly secret: Buffer,
  ) {}
}

/** Over all instances, per key; the window starts with its first request. */
export const ORGANIZATION_KEY_LIMIT = { allowPerWindow: 300, windowMs: 15 * 60_000 } as const;

/** For people, who are told minutes where it is long. */
const inWords = (seconds: number): string => {
  if (seconds > 60) return `${Math.ceil(seconds / 60)} minutes`;
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
};

/** For a caller who is over a limit; says when to come back, in the header and in the sentence. `reason`: a sentence for people. */
export const overLimit = (reply: FastifyReply, leftMs: number, reason?: string): ApiRefusal => {
  const seconds = Math.max(1, Math.ceil(leftMs / 1_000));
  void reply.header('retry-after', String(seconds));
  const message = reason === undefined ? `Rate limit exceeded. Try again in ${seconds} seconds.` : `${reason} Try again in ${inWords(seconds)}.`;
  return new ApiRefusal('RATE_LIMITED', { message });
};
