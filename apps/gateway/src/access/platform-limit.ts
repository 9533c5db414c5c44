import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '@app/domain';
import type { RateLimiter } from '@app/ports';
import { LimiterStorage } from './limiter-storage.js';
import { verifiedKeyOf } from './verified-keys.js';

/** Callers whose windows a process keeps at a time, where it counts by itself. */
export const CALLERS_IN_MEMORY = 100_000;

/**
 * How many calls one backend key may make over all endpoints in a window: `ttlMs` from its first call on. `limiter` counts them, and
 * nothing else where it counts in memory: strangers, who can have any number of addresses, would push others' windows out of it.
 */
export class PlatformLimit {
  constructor(
    readonly limiter: RateLimiter,
    readonly limit = 6_000,
    readonly ttlMs = 60_000,
  ) {}
}

/** The window of those who show no key: of one address, over all APIs. */
export const addressCounter = ({ ip }: FastifyRequest): string => `address-${ip}`;

const trackerOf = (request: FastifyRequest): string => {
  const key = verifiedKeyOf(request);
  // Not what was presented: a stranger could present a new token with every call and never be counted.
  return key === null ? addressCounter(request) : `key-${key.backendKey.backendKeyId}`;
};

/** One count per backend key, or per address where no key opened the request. */
@Injectable()
export class PlatformLimitGuard extends ThrottlerGuard {
  constructor(@Inject(Reflector) reflector: Reflector, @Inject(PlatformLimit) { limiter, limit, ttlMs }: PlatformLimit) {
    super([{ limit, ttl: ttlMs, generateKey: (_context, tracker) => tracker }], new LimiterStorage(limiter), reflector);
  }

  protected override getTracker(request: FastifyRequest): Promise<string> {
    return Promise.resolve(trackerOf(request));
  }

  // A sentence that is no JSON: Python parses the body, and JSON would be taken for the limit of an end user.
  protected override throwThrottlingException(context: ExecutionContext, { timeToBlockExpire }: ThrottlerLimitDetail): Promise<void> {
    const seconds = Math.max(1, timeToBlockExpire);
    context.switchToHttp().getResponse<FastifyReply>().header('retry-after', String(seconds));
    return Promise.reject(new Refusal('RATE_LIMITED', { message: `Rate limited. Please wait ${seconds} seconds before trying again.` }));
  }
}
