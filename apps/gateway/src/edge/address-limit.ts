import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addressCounter, PlatformLimit } from '../access/platform-limit.js';
import { callerOf } from './edge-callers.js';
import { overLimit } from './over-limit.js';

/**
 * One count per address, the same that strangers to the backend API have. Not for a known organization key, which has a limit of its own:
 * servers behind one address would use up each other's. It tells no count: the headers of the organization API are about keys.
 */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  constructor(@Inject(PlatformLimit) private readonly platform: PlatformLimit) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (callerOf(request)?.organization?.key !== undefined) return true;
    const { limiter, limit, ttlMs } = this.platform;
    const { allowed, leftMs } = await limiter.take(addressCounter(request), { allowPerWindow: limit, windowMs: ttlMs });
    if (!allowed) throw overLimit(http.getResponse<FastifyReply>(), leftMs);
    return true;
  }
}
