import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Refusal } from '@app/domain';
import { EntryLimiters, overLimit } from '../entry/limits.js';

const WINDOW_MS = 15 * 60_000;
const ATTEMPTS_PER_ACCOUNT = { allowPerWindow: 10, windowMs: WINDOW_MS };
const FAILURES_PER_ADDRESS = { allowPerWindow: 100, windowMs: WINDOW_MS };
const SIGN_UPS_PER_ADDRESS = { allowPerWindow: 100, windowMs: WINDOW_MS };
/** A guess: by that time, some of the attempts in progress have finished. */
const BURST_RETRY_MS = 1_000;
/** Reads a count without adding to it. */
const PEEK = { allowPerWindow: 0, windowMs: WINDOW_MS };

export interface LoginAttempt {
  readonly environmentId: string;
  readonly email: string;
  /** The network address of the client. */
  readonly address: string;
}

/** Limits password guesses per account, whether it exists or not, and per network address. Shared by all instances. */
@Injectable()
export class LoginLimits {
  /** Attempts in progress per network address, in this process. They count as failures: otherwise a burst would pass before its first failure is counted. */
  readonly #trying = new Map<string, number>();

  constructor(@Inject(EntryLimiters) private readonly limits: EntryLimiters) {}

  /**
   * Counts the attempt before any password is checked, so that of a thousand guesses at once only ten are tried. Returns the time until
   * which a wrong password locks the account: only the last of the ten does. The lock ends with the window, as for an unknown address.
   */
  async begin({ environmentId, email, address }: LoginAttempt, reply: FastifyReply): Promise<{ readonly lockUntilMs: number | null }> {
    const failures = await this.#refuseClosed(address, reply);
    const attempt = await this.limits.logins.take(this.#account(environmentId, email), ATTEMPTS_PER_ACCOUNT);
    if (!attempt.allowed) throw new Refusal('ACCOUNT_LOCKED');
    const trying = this.#trying.get(address) ?? 0;
    if (failures + trying >= FAILURES_PER_ADDRESS.allowPerWindow) throw overLimit(reply, BURST_RETRY_MS, 'Too many logins at once from this address.');
    this.#trying.set(address, trying + 1);
    return { lockUntilMs: attempt.counted >= ATTEMPTS_PER_ACCOUNT.allowPerWindow ? Date.now() + attempt.leftMs : null };
  }

  /** Called after every attempt that has begun, whatever its result. */
  ended({ address }: LoginAttempt): void {
    const trying = (this.#trying.get(address) ?? 0) - 1;
    if (trying > 0) this.#trying.set(address, trying);
    else this.#trying.delete(address);
  }

  async failed({ address }: LoginAttempt): Promise<void> {
    await this.limits.logins.take(`login-address-${address}`, FAILURES_PER_ADDRESS);
  }

  /** Counts the sign-up before it takes effect: each one costs as much as a guess, and most create an account. */
  async signUp(address: string, reply: FastifyReply): Promise<void> {
    await this.#refuseClosed(address, reply);
    const { allowed, leftMs } = await this.limits.logins.take(`signup-address-${address}`, SIGN_UPS_PER_ADDRESS);
    if (!allowed) throw overLimit(reply, leftMs, 'Too many sign-ups from this address.');
  }

  /** Called after the right password, or when the backend removes a lock. */
  async forget(environmentId: string, email: string): Promise<void> {
    await this.limits.logins.forget(this.#account(environmentId, email));
  }

  /** Refuses an address over its limit. Returns how many wrong passwords it has sent. */
  async #refuseClosed(address: string, reply: FastifyReply): Promise<number> {
    const { counted, leftMs } = await this.limits.logins.take(`login-address-${address}`, PEEK);
    if (counted >= FAILURES_PER_ADDRESS.allowPerWindow) throw overLimit(reply, leftMs, 'Too many wrong passwords from this address.');
    return counted;
  }

  #account(environmentId: string, email: string): string {
    return `login-account-${createHmac('sha256', this.limits.secret).update(`${environmentId}\n${email.toLowerCase()}`).digest('hex')}`;
  }
}
