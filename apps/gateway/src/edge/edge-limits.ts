import type { RateLimiter } from '@app/ports';

/** What the edge counts beside the calls of backend keys. In memory each has a limiter of its own: strangers' windows must not push out the keys'. */
export class EdgeLimits {
  constructor(
    readonly keys: RateLimiter,
    readonly logins: RateLimiter,
    /** The nodes' own. Makes the names of accounts' counters, because no address may lie in a shared store, and the tokens that follow others. */
    readonly secret: Buffer,
  ) {}
}

/** Over all instances, per key; the window starts with its first request. */
export const PUBLIC_LIMIT = { allowPerWindow: 300, windowMs: 15 * 60_000 } as const;
