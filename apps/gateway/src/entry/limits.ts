import type { FastifyReply } from 'fastify';
import { ApiRefusal } from '@app/http-api';
import type { RateLimiter } from '@app/ports';

/** What is counted. In memory each has a limiter of its own: callers who can make up any number of names must not push out the windows of others. */
export interface CountedSubjects {
  readonly organizationKeys: RateLimiter;
  /** Logins by account, and by account and address. */
  readonly accounts: RateLimiter;
  /** Wrong passwords by address. */
  readonly addresses: RateLimiter;
  readonly signUps: RateLimiter;
}

export class EntryLimiters {
  readonly organizationKeys: RateLimiter;
  readonly accounts: RateLimiter;
  readonly addresses: RateLimiter;
  readonly signUps: RateLimiter;

  /** `secret`: the nodes' own. Makes the names of accounts' counters, because no email address may be in a shared store, and the tokens that follow others. */
  constructor(
    subjects: CountedSubjects,
    readonly secret: Buffer,
  ) {
    this.organizationKeys = subjects.organizationKeys;
    this.accounts = subjects.accounts;
    this.addresses = subjects.addresses;
    this.signUps = subjects.signUps;
  }

  /** One limiter for all: a store that processes share, or a test. */
  static over(limiter: RateLimiter, secret: Buffer): EntryLimiters {
    return new EntryLimiters({ organizationKeys: limiter, accounts: limiter, addresses: limiter, signUps: limiter }, secret);
  }
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
