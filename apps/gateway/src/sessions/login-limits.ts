import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@app/domain';
import { EdgeLimits } from '../edge/edge-limits.js';

const WINDOW_MS = 15 * 60_000;
const ATTEMPTS_PER_ACCOUNT = { allowPerWindow: 10, windowMs: WINDOW_MS };
const FAILURES_PER_ADDRESS = { allowPerWindow: 100, windowMs: WINDOW_MS };
/** Counts nothing: only says what is counted. */
const LOOK = { allowPerWindow: 0, windowMs: WINDOW_MS };

export interface LoginAttempt {
  readonly environmentId: string;
  readonly email: string;
  /** The network address it comes from. */
  readonly address: string;
}

/** How often somebody may guess: per account, whether it exists or not, and per network address. Shared by all instances. */
@Injectable()
export class LoginLimits {
  constructor(@Inject(EdgeLimits) private readonly limits: EdgeLimits) {}

  /**
   * Counts the attempt before any password is looked at, so that a thousand guesses at once are ten. Returns until when a wrong one locks
   * the account, which only the last of them does; the lock ends with the window, as it does for an address that nobody has.
   */
  async begin({ environmentId, email, address }: LoginAttempt): Promise<{ readonly lockUntilMs: number | null }> {
    const failures = await this.limits.logins.take(`login-address-${address}`, LOOK);
    if (failures.counted >= FAILURES_PER_ADDRESS.allowPerWindow) {
      throw new Refusal('RATE_LIMITED', { message: `Too many wrong passwords from this address. Try again in ${Math.ceil(failures.leftMs / 60_000)} minutes.` });
    }
    const attempt = await this.limits.logins.take(this.#account(environmentId, email), ATTEMPTS_PER_ACCOUNT);
    if (!attempt.allowed) throw new Refusal('ACCOUNT_LOCKED');
    return { lockUntilMs: attempt.counted >= ATTEMPTS_PER_ACCOUNT.allowPerWindow ? Date.now() + attempt.leftMs : null };
  }

  async failed({ address }: LoginAttempt): Promise<void> {
    await this.limits.logins.take(`login-address-${address}`, FAILURES_PER_ADDRESS);
  }

  /** After the right password, or when the backend takes a lock away. */
  async forget(environmentId: string, email: string): Promise<void> {
    await this.limits.logins.forget(this.#account(environmentId, email));
  }

  #account(environmentId: string, email: string): string {
    return `login-account-${createHmac('sha256', this.limits.secret).update(`${environmentId}\n${email.toLowerCase()}`).digest('hex')}`;
  }
}
