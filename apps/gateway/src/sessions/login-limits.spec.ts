import type { FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { InProcessRateLimiter } from '@app/adapters/in-process';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { EntryLimiters } from '../entry/limits.js';
import { LoginLimits } from './login-limits.js';

const ADDRESS = '192.0.2.1';
const OTHER = '192.0.2.2';

const rig = () => {
  const clock = new ManualClock();
  const limiter = new InProcessRateLimiter(clock, 10_000);
  const limits = new LoginLimits(new EntryLimiters(limiter, limiter, Buffer.alloc(32)));
  /** Null, or the sentence and the header of the refusal. */
  const asked = async (ask: (reply: FastifyReply) => Promise<unknown>): Promise<unknown> => {
    const headers: Record<string, string> = {};
    const reply = {
      header: (name: string, value: string) => {
        headers[name] = value;
      },
    } as unknown as FastifyReply;
    return ask(reply).then(
      () => null,
      (error: unknown) => [error instanceof Error ? error.message : error, headers['retry-after']],
    );
  };
  let accounts = 0;
  const attemptFrom = (address: string) => ({ environmentId: 'e', email: `account-${String((accounts += 1))}@example.test`, address });
  const wrong = async (address: string): Promise<void> => {
    const attempt = attemptFrom(address);
    await asked((reply) => limits.begin(attempt, reply));
    await limits.failed(attempt);
    limits.ended(attempt);
  };
  const logIn = (address: string) => asked((reply) => limits.begin(attemptFrom(address), reply));
  const signUp = (address: string) => asked((reply) => limits.signUp(address, reply));
  return { clock, wrong, logIn, signUp };
};

describe('an address with a hundred wrong passwords', () => {
  it('is refused logins and sign-ups until its window ends, and learns how long that is', async () => {
    const { clock, wrong, logIn, signUp } = rig();
    for (let tried = 0; tried < 100; tried += 1) await wrong(ADDRESS);
    const closed = ['Too many wrong passwords from this address. Try again in 15 minutes.', '900'];
    expect([await logIn(ADDRESS), await signUp(ADDRESS)]).toEqual([closed, closed]);
    clock.pass(840_500);
    expect(await logIn(ADDRESS)).toEqual(['Too many wrong passwords from this address. Try again in 60 seconds.', '60']);
    clock.pass(59_000);
    expect(await logIn(ADDRESS)).toEqual(['Too many wrong passwords from this address. Try again in 1 second.', '1']);
    expect([await logIn(OTHER), await signUp(OTHER)]).toEqual([null, null]);
    clock.pass(500);
    expect([await logIn(ADDRESS), await signUp(ADDRESS)]).toEqual([null, null]);
  });

  it('is refused only for a moment while a hundred attempts are in progress', async () => {
    const { logIn, signUp } = rig();
    for (let tried = 0; tried < 100; tried += 1) expect(await logIn(ADDRESS)).toBe(null);
    expect(await logIn(ADDRESS)).toEqual(['Too many logins at once from this address. Try again in 1 second.', '1']);
    expect(await signUp(ADDRESS)).toBe(null);
  });
});

it('a hundred sign-ups close an address for more sign-ups until the window ends, but not for logins', async () => {
  const { clock, logIn, signUp } = rig();
  const answers = await Promise.all(Array.from({ length: 150 }, () => signUp(ADDRESS)));
  expect(answers.filter((answer) => answer === null).length).toBe(100);
  expect(await signUp(ADDRESS)).toEqual(['Too many sign-ups from this address. Try again in 15 minutes.', '900']);
  expect([await logIn(ADDRESS), await signUp(OTHER)]).toEqual([null, null]);
  clock.pass(900_000);
  expect(await signUp(ADDRESS)).toBe(null);
});
