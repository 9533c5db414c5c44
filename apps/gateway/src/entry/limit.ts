import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerRequest, type ThrottlerStorage } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_RULES, ApiRefusal } from '@app/http-api';
import type { RateLimiter } from '@app/ports';
import { type IdentifiedCaller, identifiedCall } from './call.js';
import { callerAddress } from './caller-address.js';
import { EntryLimiters, ORGANIZATION_KEY_LIMIT, overLimit } from './limits.js';

/** How many callers' windows a process keeps at a time if it counts in memory. */
export const CALLERS_IN_MEMORY = 100_000;

/**
 * How many calls one backend key, or one address without a key, can make over all endpoints in a window of `ttlMs` from its first call.
 * `limiter` counts them. In memory it must count nothing else: unauthenticated callers, who can have any number of addresses, would push
 * other windows out of it.
 */
export class PlatformLimit {
  constructor(
    readonly limiter: RateLimiter,
    readonly limit = 6_000,
    readonly ttlMs = 60_000,
  ) {}

  /** In how many seconds the window of the counter ends, if it is used up; null if it has room. Counts nothing. */
  async secondsUntilFree(counter: string): Promise<number | null> {
    const { counted, leftMs } = await this.limiter.take(counter, { allowPerWindow: 0, windowMs: this.ttlMs });
    return counted >= this.limit ? Math.max(1, Math.ceil(leftMs / 1_000)) : null;
  }

  /** Counts one call of the counter; the same answer for one that is over the limit. */
  async take(counter: string): Promise<number | null> {
    const { allowed, leftMs } = await this.limiter.take(counter, { allowPerWindow: this.limit, windowMs: this.ttlMs });
    return allowed ? null : Math.max(1, Math.ceil(leftMs / 1_000));
  }
}

/** What the guard makes its headers from. Times are whole seconds, rounded up. */
export interface WindowState {
  readonly totalHits: number;
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
  /** Until the window ends, not rounded. */
  readonly leftMs: number;
}

/**
 * Rate limiters as the guard's library asks for them, one for each of its limits by name. The library's own storage keeps every call of
 * the window, which 100 000 calls a minute do not survive.
 */
export class LimiterStorage implements ThrottlerStorage {
  readonly #limiterOf: (limitName: string) => RateLimiter;

  constructor(limiterOf: (limitName: string) => RateLimiter) {
    this.#limiterOf = limiterOf;
  }

  /** A block ends with its window and has no duration of its own. */
  async increment(tracker: string, ttlMs: number, limit: number, _blockMs: number, limitName: string): Promise<WindowState> {
    const { allowed, counted, leftMs } = await this.#limiterOf(limitName).take(tracker, { allowPerWindow: limit, windowMs: ttlMs });
    const seconds = Math.ceil(leftMs / 1_000);
    return { totalHits: allowed ? counted : counted + 1, timeToExpire: seconds, isBlocked: !allowed, timeToBlockExpire: allowed ? 0 : seconds, leftMs };
  }
}

/** Which calls a limit counts: those whose host names the environment, or all others. */
type Door = 'host' | 'backend-key';

interface Limit {
  readonly limiter: RateLimiter;
  readonly allowPerWindow: number;
  readonly windowMs: number;
  /** Null: at both. */
  readonly door: Door | null;
  /** The name of the window that the call is counted in; null if this limit is not about the caller. */
  readonly trackerOf: (request: FastifyRequest, caller: IdentifiedCaller | null) => string | null;
  /** Sets the headers. Throws if the call is over the limit. */
  readonly tell: (reply: FastifyReply, window: WindowState, limit: number) => void;
}

/** The window of those who present no key: of one address, over all APIs. */
const addressTracker = (request: FastifyRequest): string => `address-${callerAddress(request).address}`;

/** The window of a /48; null for IPv4. */
const siteTracker = (request: FastifyRequest): string | null => {
  const { site } = callerAddress(request);
  return site === null ? null : `site-${site}`;
};

/** How many networks of 64 bits a site may use to the full. */
const NETWORKS_OF_A_SITE = 10;

/** Reports in how many whole seconds the window ends. */
const tellBackend = (reply: FastifyReply, { totalHits, timeToExpire, isBlocked, timeToBlockExpire }: WindowState, limit: number): void => {
  if (isBlocked) {
    const seconds = Math.max(1, timeToBlockExpire);
    void reply.header('retry-after', String(seconds));
    // A plain sentence: the Python client would read a JSON body as the limit of an end user.
    throw new ApiRefusal('RATE_LIMITED', { message: `Rate limited. Please wait ${seconds} seconds before trying again.` });
  }
  void reply
    .header('x-ratelimit-limit', limit)
    .header('x-ratelimit-remaining', Math.max(0, limit - totalHits))
    .header('x-ratelimit-reset', timeToExpire);
};

/** Reports the time at which the window ends. Every response to a known key says what is left, even a refusal for another reason. */
const tellOrganizationKey = (reply: FastifyReply, { totalHits, isBlocked, leftMs }: WindowState, limit: number): void => {
  void reply
    .header('x-ratelimit-limit', String(limit))
    .header('x-ratelimit-remaining', String(Math.max(0, limit - totalHits)))
    // Rounded up: a caller that comes back at that time must get in.
    .header('x-ratelimit-reset', String(Math.ceil((Date.now() + leftMs) / 1_000)));
  if (isBlocked) throw overLimit(reply, leftMs);
};

/** Reports no count: in the organization API these headers are about keys. */
const tellAddress = (reply: FastifyReply, { isBlocked, leftMs }: WindowState): void => {
  if (isBlocked) throw overLimit(reply, leftMs);
};

const limitsOf = ({ limiter, limit, ttlMs }: PlatformLimit, { organizationKeys }: EntryLimiters): Readonly<Record<string, Limit>> => ({
  'backend-key': {
    limiter,
    allowPerWindow: limit,
    windowMs: ttlMs,
    door: 'backend-key',
    // Not by the presented token: a caller could present a new one with every call and never be counted.
    trackerOf: (request, caller) => (caller?.backendKey ? `key-${caller.backendKey.backendKeyId}` : addressTracker(request)),
    tell: tellBackend,
  },
  // Not for a known organization key, which has its own limit: servers behind one address would use up each other's calls.
  address: {
    limiter,
    allowPerWindow: limit,
    windowMs: ttlMs,
    door: 'host',
    trackerOf: (request, caller) => (caller?.organizationKey ? null : addressTracker(request)),
    tell: tellAddress,
  },
  // Next to the limit of one network, because a site has any number of them. Not for known keys either.
  site: {
    limiter,
    allowPerWindow: limit * NETWORKS_OF_A_SITE,
    windowMs: ttlMs,
    door: null,
    trackerOf: (request, caller) => (caller?.backendKey || caller?.organizationKey ? null : siteTracker(request)),
    tell: tellAddress,
  },
  'organization-key': {
    limiter: organizationKeys,
    ...ORGANIZATION_KEY_LIMIT,
    door: 'host',
    trackerOf: (_request, caller) => (caller?.organizationKey ? `public-${caller.organizationKey.key.keyId}` : null),
    tell: tellOrganizationKey,
  },
});

const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();
const callerOf = (request: FastifyRequest): IdentifiedCaller | null => identifiedCall(request)?.caller ?? null;
const doorOf = (request: FastifyRequest): Door => {
  const call = identifiedCall(request);
  return call === null ? 'backend-key' : API_RULES[call.endpoint.api].environmentBy;
};
const limitNamed = (limits: Readonly<Record<string, Limit>>, name: string): Limit => {
  const limit = limits[name];
  if (limit === undefined) throw new Error(`There is no limit called ${name}.`);
  return limit;
};

/** Counts the call per backend key, per organization key, or per address. */
@Injectable()
export class LimitGuard extends ThrottlerGuard {
  readonly #limits: Readonly<Record<string, Limit>>;
  readonly #storage: LimiterStorage;

  constructor(@Inject(Reflector) reflector: Reflector, @Inject(PlatformLimit) platform: PlatformLimit, @Inject(EntryLimiters) limiters: EntryLimiters) {
    const limits = limitsOf(platform, limiters);
    const storage = new LimiterStorage((name) => limitNamed(limits, name).limiter);
    const throttlers = Object.entries(limits).map(([name, { allowPerWindow, windowMs, door, trackerOf }]) => ({
      name,
      limit: allowPerWindow,
      ttl: windowMs,
      skipIf: (context: ExecutionContext) =>
        (door !== null && door !== doorOf(requestOf(context))) || trackerOf(requestOf(context), callerOf(requestOf(context))) === null,
    }));
    super(throttlers, storage, reflector);
    this.#limits = limits;
    this.#storage = storage;
  }

  /** Replaces the library's method, whose headers and refusals are the same for all limits. */
  protected override async handleRequest({ context, limit, ttl, throttler: { name = '' } }: ThrottlerRequest): Promise<boolean> {
    const { trackerOf, tell } = limitNamed(this.#limits, name);
    const request = requestOf(context);
    const window = await this.#storage.increment(trackerOf(request, callerOf(request)) ?? '', ttl, limit, ttl, name);
    tell(context.switchToHttp().getResponse<FastifyReply>(), window, limit);
    return true;
  }
}
