import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LimiterStorage } from '../access/limiter-storage.js';
import { callerOf } from './edge-callers.js';
import { EdgeLimits, PUBLIC_LIMIT } from './edge-limits.js';
import { overLimit } from './over-limit.js';

/** One count per organization key. Every answer to a known key says what is left, refusals of other kinds too. */
@Injectable()
export class PublicLimitGuard extends ThrottlerGuard {
  readonly #storage: LimiterStorage;

  constructor(@Inject(Reflector) reflector: Reflector, @Inject(EdgeLimits) { keys }: EdgeLimits) {
    const storage = new LimiterStorage(keys);
    super([{ limit: PUBLIC_LIMIT.allowPerWindow, ttl: PUBLIC_LIMIT.windowMs, generateKey: (_context, tracker) => tracker }], storage, reflector);
    this.#storage = storage;
  }

  /** Who shows no key of an organization is counted by address, by the guard before. */
  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    const caller = callerOf(context.switchToHttp().getRequest<FastifyRequest>());
    return Promise.resolve(caller === null || caller.organization === null);
  }

  protected override getTracker(request: FastifyRequest): Promise<string> {
    return Promise.resolve(`public-${callerOf(request)?.organization?.key.keyId ?? ''}`);
  }

  /** In place of the library's: its headers say in how many whole seconds a window ends, these say when, the same for the whole window. */
  protected override async handleRequest({ context, limit, ttl, throttler, getTracker, generateKey }: ThrottlerRequest): Promise<boolean> {
    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const tracker = await getTracker(http.getRequest<FastifyRequest>(), context);
    const { totalHits, isBlocked, leftMs } = await this.#storage.increment(generateKey(context, tracker, throttler.name ?? 'default'), ttl, limit);
    void reply
      .header('x-ratelimit-limit', String(limit))
      .header('x-ratelimit-remaining', String(Math.max(0, limit - totalHits)))
      // Never too early: who comes back then must get in.
      .header('x-ratelimit-reset', String(Math.ceil((Date.now() + leftMs) / 1_000)));
    if (isBlocked) throw overLimit(reply, leftMs);
    return true;
  }
}
