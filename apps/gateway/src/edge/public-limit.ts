import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from './edge-callers.js';
import { EdgeLimits, PUBLIC_LIMIT } from './edge-limits.js';
import { overLimit } from './over-limit.js';

/**
 * One count per organization key. Every answer to a known key says what is left, refusals of other kinds too. Not the throttler's guard:
 * its headers say in how many whole seconds a window ends, these say when, the same for the whole window.
 */
@Injectable()
export class PublicLimitGuard implements CanActivate {
  constructor(@Inject(EdgeLimits) private readonly limits: EdgeLimits) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const key = callerOf(http.getRequest<FastifyRequest>())?.organization?.key;
    if (key === undefined) return true;
    const reply = http.getResponse<FastifyReply>();
    const { allowed, counted, leftMs } = await this.limits.keys.take(`public-${key.keyId}`, PUBLIC_LIMIT);
    void reply
      .header('x-ratelimit-limit', String(PUBLIC_LIMIT.allowPerWindow))
      .header('x-ratelimit-remaining', String(PUBLIC_LIMIT.allowPerWindow - counted))
      // Never too early: who comes back then must get in.
      .header('x-ratelimit-reset', String(Math.ceil((Date.now() + leftMs) / 1_000)));
    if (!allowed) throw overLimit(reply, leftMs);
    return true;
  }
}
