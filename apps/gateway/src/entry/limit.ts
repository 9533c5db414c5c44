import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiRefusal } from '@app/http-api';
import type { RateLimiter } from '@app/ports';
import { API_RULES } from './apis.js';
import { callerOf, type IdentifiedCaller } from './caller.js';
import { LimiterStorage, type WindowState } from './limiter-storage.js';
import { EntryLimiters, ORGANIZATION_KEY_LIMIT, overLimit, PlatformLimit } from './limits.js';
import { servedEndpoint } from './served-endpoint.js';

/** Whom a limit counts: the environment is known by the host, or by the backend key (or there is no environment, as for the reference). */
type Door = 'host' | 'backend-key';

interface Limit {
  readonly limiter: RateLimiter;
  readonly allowPerWindow: number;
  readonly windowMs: number;
  readonly door: Door;
  /** The name of the window that the call is counted in; null: this limit is not about the caller. */
  readonly trackerOf: (request: FastifyRequest, caller: IdentifiedCaller | null) => string | null;
  /** Sets the headers; throws for a call that is over the limit. */
  readonly tell: (reply: FastifyReply, window: WindowState, limit: number) => void;
}

/** The window of those who present no key: of one address, over all APIs. */
const addressTracker = ({ ip }: FastifyRequest): string => `address-${ip}`;

/** In how many whole seconds the window ends. */
const tellBackend = (reply: FastifyReply, { totalHits, timeToExpire, isBlocked, timeToBlockExpire }: WindowState, limit: number): void => {
  if (isBlocked) {
    const seconds = Math.max(1, timeToBlockExpire);
    void reply.header('retry-after', String(seconds));
    // A sentence that is no JSON: Python parses the body, and JSON would be taken for the limit of an end user.
    throw new ApiRefusal('RATE_LIMITED', { message: `Rate limited. Please wait ${seconds} seconds before trying again.` });
  }
  void reply
    .header('x-ratelimit-limit', limit)
    .header('x-ratelimit-remaining', Math.max(0, limit - totalHits))
    .header('x-ratelimit-reset', timeToExpire);
};

/** When the window ends, the same for the whole window. Every answer to a known key says what is left, refusals of other kinds too. */
const tellOrganizationKey = (reply: FastifyReply, { totalHits, isBlocked, leftMs }: WindowState, limit: number): void => {
  void reply
    .header('x-ratelimit-limit', String(limit))
    .header('x-ratelimit-remaining', String(Math.max(0, limit - totalHits)))
    // Never too early: a caller that comes back then must get in.
    .header('x-ratelimit-reset', String(Math.ceil((Date.now() + leftMs) / 1_000)));
  if (isBlocked) throw overLimit(reply, leftMs);
};

/** Tells no count: the headers of the organization API are about keys. */
const tellAddress = (reply: FastifyReply, { isBlocked, leftMs }: WindowState): void => {
  if (isBlocked) throw overLimit(reply, leftMs);
};

const limitsOf = ({ limiter, limit, ttlMs }: PlatformLimit, { organizationKeys }: EntryLimiters): Readonly<Record<string, Limit>> => ({
  'backend-key': {
    limiter,
    allowPerWindow: limit,
    windowMs: ttlMs,
    door: 'backend-key',
    // Not what was presented: a caller could present a new token with every call and never be counted.
    trackerOf: (request, caller) => (caller?.backendKey ? `key-${caller.backendKey.backendKeyId}` : addressTracker(request)),
    tell: tellBackend,
  },
  // Not for a known organization key, which has a limit of its own: servers behind one address would use up each other's.
  address: {
    limiter,
    allowPerWindow: limit,
    windowMs: ttlMs,
    door: 'host',
    trackerOf: (request, caller) => (caller?.organizationKey ? null : addressTracker(request)),
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
const limitNamed = (limits: Readonly<Record<string, Limit>>, name: string): Limit => {
  const limit = limits[name];
  if (limit === undefined) throw new Error(`There is no limit called ${name}.`);
  return limit;
};

/** Counts the call where it belongs: per backend key, per organization key, or per address. */
@Injectable()
export class LimitGuard extends ThrottlerGuard {
  readonly #limits: Readonly<Record<string, Limit>>;
  readonly #storage: LimiterStorage;

  constructor(@Inject(Reflector) reflector: Reflector, @Inject(PlatformLimit) platform: PlatformLimit, @Inject(EntryLimiters) limiters: EntryLimiters) {
    const limits = limitsOf(platform, limiters);
    const storage = new LimiterStorage((name) => limitNamed(limits, name).limiter);
    const doorOf = (context: ExecutionContext): Door => {
      const endpoint = servedEndpoint(reflector, context);
      return endpoint === null ? 'backend-key' : API_RULES[endpoint.api].environmentBy;
    };
    const throttlers = Object.entries(limits).map(([name, { allowPerWindow, windowMs, door, trackerOf }]) => ({
      name,
      limit: allowPerWindow,
      ttl: windowMs,
      skipIf: (context: ExecutionContext) => door !== doorOf(context) || trackerOf(requestOf(context), callerOf(requestOf(context))) === null,
    }));
    super(throttlers, storage, reflector);
    this.#limits = limits;
    this.#storage = storage;
  }

  /** In place of the library's, whose headers and refusals are the same for all limits. */
  protected override async handleRequest({ context, limit, ttl, throttler: { name = '' } }: ThrottlerRequest): Promise<boolean> {
    const { trackerOf, tell } = limitNamed(this.#limits, name);
    const request = requestOf(context);
    const window = await this.#storage.increment(trackerOf(request, callerOf(request)) ?? '', ttl, limit, ttl, name);
    tell(context.switchToHttp().getResponse<FastifyReply>(), window, limit);
    return true;
  }
}
