import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { beforeAll, describe, expect, it } from 'vitest';
import { InProcessRateLimiter } from '@app/adapters/in-process';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { endpointOf } from '@app/http-api';
import { environmentRecord, keyRecord, organizationRecord } from '../testing/records.js';
import { rememberCall } from './call.js';
import { LimitGuard, PlatformLimit } from './limit.js';
import { EntryLimiters } from './limits.js';

/** One request and the headers of its response. `keyId` is that of the presented key. */
const requestOf = (keyId: string | null, ip = '192.0.2.1') => {
  const headers: Record<string, string> = {};
  const request = { ip } as unknown as FastifyRequest;
  const organizationKey = keyId === null ? null : { digest: 'd', key: keyRecord({ keyId }), org: organizationRecord() };
  const caller = { environment: environmentRecord(), backendKey: null, session: null, organizationKey };
  rememberCall(request, { endpoint: endpointOf('fetch-own-organization'), caller });
  const reply = {
    header: (name: string, value: string) => {
      headers[name] = value;
      return reply;
    },
  };
  const http = { getRequest: () => request, getResponse: () => reply };
  return { headers, context: { getHandler: () => requestOf, getClass: () => LimitGuard, switchToHttp: () => http } as unknown as ExecutionContext };
};

describe('the limit of a key', () => {
  const clock = new ManualClock();
  const limiter = new InProcessRateLimiter(clock, 1_000);
  const guards = [0, 1].map(() => new LimitGuard(new Reflector(), new PlatformLimit(limiter), EntryLimiters.over(limiter, Buffer.alloc(32))));
  beforeAll(() => Promise.all(guards.map((guard) => guard.onModuleInit())));
  const ask = async (index: number, keyId: string | null) => {
    const { headers, context } = requestOf(keyId);
    const refused: unknown = await guards[index % 2]?.canActivate(context).then(
      () => null,
      (error: unknown) => error,
    );
    return { headers, refused };
  };

  it('lets 300 through, over all guards that share a counter, and each response says what is left', async () => {
    const answers = await Promise.all(Array.from({ length: 400 }, (_, index) => ask(index, 'a')));
    expect(answers.map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(answers.map((_, index) => String(Math.max(0, 299 - index))));
    expect(answers.map(({ refused }) => refused === null)).toEqual(answers.map((_, index) => index < 300));
    expect(answers[300]?.headers).toMatchObject({ 'x-ratelimit-limit': '300', 'retry-after': '900' });
    expect(answers[300]?.refused).toMatchObject({ code: 'RATE_LIMITED', message: 'Rate limit exceeded. Try again in 900 seconds.' });
  });

  it('ends when the headers say, and never later', async () => {
    const beganMs = Date.now();
    const { headers } = await ask(0, 'b');
    const resetMs = Number(headers['x-ratelimit-reset']) * 1_000;
    expect(resetMs - beganMs >= 900_000 && resetMs - Date.now() <= 901_000).toBe(true);
    clock.pass(899_999);
    expect((await ask(0, 'b')).headers['x-ratelimit-remaining']).toBe('298');
    clock.pass(1);
    expect((await ask(0, 'b')).headers['x-ratelimit-remaining']).toBe('299');
  });

  it('does not count a call without a known key, and sets no headers for it', async () => {
    expect(await ask(0, null)).toEqual({ headers: {}, refused: null });
  });
});

describe('the limit of an address', () => {
  const limiter = new InProcessRateLimiter(new ManualClock(), 10);
  const guard = new LimitGuard(new Reflector(), new PlatformLimit(limiter, 2), EntryLimiters.over(limiter, Buffer.alloc(32)));
  beforeAll(() => guard.onModuleInit());
  const ask = async (keyId: string | null, ip?: string): Promise<readonly [unknown, Readonly<Record<string, string>>]> => {
    const { headers, context } = requestOf(keyId, ip);
    return [await guard.canActivate(context).catch((error: unknown) => error), headers];
  };

  it('counts calls without a known key, and sets no headers until it is used up', async () => {
    for (let calls = 0; calls < 5; calls += 1) expect((await ask('a'))[0]).toBe(true);
    expect([await ask(null), await ask(null)]).toEqual([
      [true, {}],
      [true, {}],
    ]);
    expect(await ask(null)).toMatchObject([{ code: 'RATE_LIMITED' }, { 'retry-after': '60' }]);
    expect((await ask('a'))[0]).toBe(true);
    expect(await ask(null, '192.0.2.2')).toEqual([true, {}]);
  });
});
