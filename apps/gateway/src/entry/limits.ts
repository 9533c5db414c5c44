import type { FastifyReply } from 'fastify';
import { ApiRefusal } from '@app/http-api';
import type { RateLimiter } from '@app/ports';

/** The limiters other than that of backend keys. In memory each is separate: windows of logins must not push out those of keys. */
export class EntryLimiters {
  constructor(
    readonly organizationKeys: RateLimiter,
    readonly logins: RateLimiter,
    /**
     * The secret of the nodes. It hashes accounts into the names of their counters, because a shared store must not contain addresses, and
     * derives the next refresh token from the last.
     */
    readonly secret: Buffer,
  ) {}
}

/** Per key, over all instances. The window starts with the key's first request. */
export const ORGANIZATION_KEY_LIMIT = { allowPerWindow: 300, windowMs: 15 * 60_000 } as const;

/** For people: minutes if it is long. */
const inWords = (seconds: number): string => {
  if (seconds > 60) return `${Math.ceil(seconds / 60)} minutes`;
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
};

/** The refusal of a call over a limit. The header and the sentence say when to try again. `reason` is a sentence for people. */
export const overLimit = (reply: FastifyReply, leftMs: number, reason?: string): ApiRefusal => {
  const seconds = Math.max(1, Math.ceil(leftMs / 1_000));
  void reply.header('retry-after', String(seconds));
  const message = reason === undefined ? `Rate limit exceeded. Try again in ${seconds} seconds.` : `${reason} Try again in ${inWords(seconds)}.`;
  return new ApiRefusal('RATE_LIMITED', { message });
};
