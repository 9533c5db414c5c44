import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '@app/domain';
import { LimiterStorage } from '../access/limiter-storage.js';
import { callerOf } from './edge-callers.js';
import { EdgeLimits, PUBLIC_LIMIT } from './edge-limits.js';

const { allowPerWindow, windowMs } = PUBLIC_LIMIT;

/** One count per organization key. Every answer to a known key says what is left, refusals of other kinds too. */
@Injectable()
export class PublicLimitGuard extends ThrottlerGuard {
  constructor(@Inject(Reflector) reflector: Reflector, @Inject(EdgeLimits) { keys }: EdgeLimits) {
    super([{ limit: allowPerWindow, ttl: windowMs, generateKey: (_context, tracker) => tracker }], new LimiterStorage(keys), reflector);
  }

  /** Who shows no key of an organization is counted by address, by the guard before. */
  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
    return Promise.resolve(caller === null || caller.organization === null);
  }

  protected override getTracker(request: FastifyRequest): Promise<string> {
    return Promise.resolve(`public-${callerOf(request)?.organization?.key.keyId ?? ''}`);
  }

  /** In place of the library's: its headers say in how many seconds a window ends, these say when. */
  protected override async handleRequest({ context, limit, ttl, throttler, getTracker, generateKey }: ThrottlerRequest): Promise<boolean> {
    const { req, res } = this.getRequestResponse(context);
    const tracker = await getTracker(req, context);
    const key = generateKey(context, tracker, throttler.name ?? 'default');
    const state = await this.storageService.increment(key, ttl, limit, ttl, throttler.name ?? 'default');
    const reply = res as FastifyReply;
    void reply.header('x-ratelimit-limit', String(limit))
      .header('x-ratelimit-remaining', String(Math.max(0, limit - state.totalHits)))
      .header('x-ratelimit-reset', String(Math.round(Date.now() / 1_000 + state.timeToExpire - 0.5)));
    if (state.isBlocked) await this.throwThrottlingException(context, { ...state, limit, ttl, key, tracker });
    return true;
  }

  protected override throwThrottlingException(context: ExecutionContext, { timeToBlockExpire }: ThrottlerLimitDetail): Promise<void> {
    const seconds = Math.max(1, timeToBlockExpire);
    void context.switchToHttp().getResponse<FastifyReply>().header('retry-after', String(seconds));
    return Promise.reject(new Refusal('RATE_LIMITED', { message: `Rate limit exceeded. Try again in ${seconds} seconds.` }));
  }
}
