import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { expect, it } from 'vitest';
import { InProcessRateLimiter } from '@app/adapters/in-process';
import { ApiRefusal } from '@app/http-api';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { LimitGuard, PlatformLimit } from './limit.js';
import { EntryLimiters } from './limits.js';

/** The calls of one caller, and the headers of the last response. */
const callsOf = (ip: string) => {
  const headers: Record<string, unknown> = {};
  const reply = {
    header: (name: string, value: unknown) => {
      headers[name.toLowerCase()] = value;
      return reply;
    },
  };
  const context = {
    getHandler: () => callsOf,
    getClass: () => LimitGuard,
    switchToHttp: () => ({ getRequest: () => ({ ip, headers: {} }), getResponse: () => reply }),
  } as unknown as ExecutionContext;
  return { headers, context };
};

const guardOf = async (limit: number): Promise<LimitGuard> => {
  const limiter = new InProcessRateLimiter(new ManualClock(), 10);
  const guard = new LimitGuard(new Reflector(), new PlatformLimit(limiter, limit), EntryLimiters.over(limiter, Buffer.alloc(32)));
  await guard.onModuleInit();
  return guard;
};

// The library's storage takes 0.5 ms a call after 20 000 of them and throws a RangeError after some 123 000.
it('a high limit can be used up: the last call passes like the first, and the next one is 429', async () => {
  const limit = 150_000;
  const guard = await guardOf(limit);
  const { context, headers } = callsOf('192.0.2.1');
  for (let count = 0; count < limit; count += 1) await guard.canActivate(context);
  expect(headers).toMatchObject({ 'x-ratelimit-limit': limit, 'x-ratelimit-remaining': 0 });
  await expect(guard.canActivate(context)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
}, 60_000);

it('the headers have the limit, what is left of it and the seconds to the end of the window; a refusal has Retry-After', async () => {
  const guard = await guardOf(2);
  const { context, headers } = callsOf('192.0.2.1');
  await guard.canActivate(context);
  expect(headers).toEqual({ 'x-ratelimit-limit': 2, 'x-ratelimit-remaining': 1, 'x-ratelimit-reset': 60 });
  await guard.canActivate(context);
  const refused: unknown = await guard.canActivate(context).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ApiRefusal);
  expect((refused as ApiRefusal).message).toBe(`Rate limited. Please wait ${String(headers['retry-after'])} seconds before trying again.`);
  expect(headers['retry-after']).toMatch(/^(?:59|60)$/);
  await guard.canActivate(callsOf('192.0.2.2').context);
});
