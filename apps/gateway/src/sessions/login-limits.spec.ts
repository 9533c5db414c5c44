import type { FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { InProcessRateLimiter } from '@app/adapters/in-process';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { EntryLimiters } from '../entry/limits.js';
import { type BegunLogin, LoginLimits } from './login-limits.js';

const ADDRESS = '192.0.2.1';
const OTHER = '192.0.2.2';

const rig = () => {
  const clock = new ManualClock();
  const limiter = new InProcessRateLimiter(clock, 10_000);
  const limits = new LoginLimits(EntryLimiters.over(limiter, Buffer.alloc(32)));
  /** Null, or what the answer says: the sentence and the header. */
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
  const fromOf = (address: string) => ({ address, site: address.includes(':') ? `${address.split(':').slice(0, 3).join(':')}::/48` : null });
  const newAccount = (): string => `account-${String((accounts += 1))}@example.test`;
  const begun = async (address: string, email: string): Promise<BegunLogin | null> => {
    let login: BegunLogin | null = null;
    await asked(async (reply) => {
      login = await limits.begin({ environmentId: 'e', email, from: fromOf(address) }, reply);
    });
    return login;
  };
  const wrong = async (address: string, email = newAccount()): Promise<void> => (await begun(address, email))?.failed();
  const logIn = (address: string, email = newAccount()) => asked((reply) => limits.begin({ environmentId: 'e', email, from: fromOf(address) }, reply));
  const signUp = (address: string) => asked((reply) => limits.signUp(fromOf(address), reply));
  return { clock, limits, begun, wrong, logIn, signUp };
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

describe('an account', () => {
  const EMAIL = 'ada@example.test';
  const LOCKED = ['ACCOUNT_LOCKED', undefined];

  it('is locked for the address that guessed ten times, and for no other', async () => {
    const { wrong, logIn } = rig();
    for (let tried = 0; tried < 10; tried += 1) await wrong(ADDRESS, EMAIL);
    expect([await logIn(ADDRESS, EMAIL), await logIn(OTHER, EMAIL)]).toEqual([LOCKED, null]);
  });

  it('is locked for all by the hundredth wrong password, which says until when', async () => {
    const { begun, wrong, logIn } = rig();
    const addresses = Array.from({ length: 10 }, (_, index) => `198.51.100.${String(index)}`);
    for (const [index, address] of addresses.entries()) for (let tried = index === 0 ? 1 : 0; tried < 10; tried += 1) await wrong(address, EMAIL);
    const last = await begun(addresses[0] ?? '', EMAIL);
    expect(last?.lockUntilMs).toBeGreaterThan(0);
    await last?.failed();
    expect(await logIn(OTHER, EMAIL)).toEqual(LOCKED);
  });

  it('loses no place to attempts that its crowded or closed address refuses, however many accounts it names', async () => {
    const { wrong, logIn } = rig();
    for (let tried = 0; tried < 100; tried += 1) expect(await logIn(ADDRESS)).toBe(null);
    for (let tried = 0; tried < 50; tried += 1) expect(await logIn(ADDRESS, EMAIL)).toEqual([expect.stringContaining('at once'), '1']);
    for (let tried = 0; tried < 9; tried += 1) await wrong(OTHER, EMAIL);
    expect(await logIn(OTHER, EMAIL)).toBe(null);
  });

  it('loses no place to attempts that were refused or could not be decided; only the latter count against the address', async () => {
    const { begun, logIn } = rig();
    for (let tried = 0; tried < 50; tried += 1) await (await begun(ADDRESS, EMAIL))?.refused();
    for (let tried = 0; tried < 99; tried += 1) await (await begun(ADDRESS, EMAIL))?.undecided();
    expect(await logIn(ADDRESS, EMAIL)).toBe(null);
    await (await begun(OTHER, EMAIL))?.undecided();
    expect(await logIn(OTHER, EMAIL)).toBe(null);
  });

  it('counts a hundred undecided attempts of an address as a hundred wrong ones', async () => {
    const { begun, logIn } = rig();
    for (let tried = 0; tried < 100; tried += 1) await (await begun(ADDRESS, EMAIL))?.undecided();
    expect(await logIn(ADDRESS, EMAIL)).toEqual([expect.stringContaining('Too many wrong passwords'), '900']);
  });

  it('forgets what an address got wrong after the right password, and everything when the backend takes the lock away', async () => {
    const { begun, limits, wrong, logIn } = rig();
    for (let tried = 0; tried < 9; tried += 1) await wrong(ADDRESS, EMAIL);
    await (await begun(ADDRESS, EMAIL))?.succeeded();
    for (let tried = 0; tried < 10; tried += 1) await wrong(ADDRESS, EMAIL);
    expect(await logIn(ADDRESS, EMAIL)).toEqual(LOCKED);
    await limits.forget('e', EMAIL);
    expect(await logIn(ADDRESS, EMAIL)).toBe(null);
  });

  it('counts right passwords nowhere', async () => {
    const { begun, logIn } = rig();
    for (let tried = 0; tried < 300; tried += 1) await (await begun(ADDRESS, EMAIL))?.succeeded();
    expect(await logIn(ADDRESS, EMAIL)).toBe(null);
  });
});

describe('the networks of one /48', () => {
  it('are closed together after ten times as many wrong passwords as one of them may have', async () => {
    const { wrong, logIn } = rig();
    const networkOf = (index: number): string => `2001:db8:1:${index.toString(16)}::/64`;
    for (let tried = 0; tried < 999; tried += 1) await wrong(networkOf(tried));
    expect(await logIn(networkOf(2_000))).toBe(null);
    await wrong(networkOf(2_001));
    expect(await logIn(networkOf(2_002))).toEqual([expect.stringContaining('Too many wrong passwords'), '900']);
    expect(await logIn('2001:db8:2:1::/64')).toBe(null);
  });
});
