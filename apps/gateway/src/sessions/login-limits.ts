import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Refusal } from '@app/domain';
import type { RateLimit, RateLimiter } from '@app/ports';
import type { CallerAddress } from '../entry/caller-address.js';
import { EntryLimiters, overLimit } from '../entry/limits.js';

const WINDOW_MS = 15 * 60_000;
const perWindow = (allowPerWindow: number): RateLimit => ({ allowPerWindow, windowMs: WINDOW_MS });

/** Of one address for one account: a caller who guesses locks the account for that address alone. */
const PER_ACCOUNT_AND_ADDRESS = 10;
/** Of all addresses for one account, which locks it as a whole: high, because a lock that any caller can set is a weapon against its owner. */
const PER_ACCOUNT = 100;
const FAILURES_PER_ADDRESS = 100;
const SIGN_UPS_PER_ADDRESS = 100;
/** The /48 of an IPv6 address has 65 536 networks that count as one address each. */
const SITE_FACTOR = 10;
/** A guess: by then some attempts in progress have finished. */
const BURST_RETRY_MS = 1_000;
/** Counts nothing: only says what is counted. */
const PEEK = perWindow(0);
/** How often the wrong passwords of an account were forgotten: never refused. */
const FORGETS = perWindow(1_000_000_000);

export interface LoginAttempt {
  readonly environmentId: string;
  readonly email: string;
  readonly from: CallerAddress;
}

/** An attempt that has begun. */
export interface BegunLogin {
  /** If this attempt is wrong, the account is locked for all until then; null if it is not the last that is allowed. */
  readonly lockUntilMs: number | null;
  /** The right password: forgets what this address got wrong. */
  succeeded(): Promise<void>;
  /** A wrong password: counts against the address, and keeps its place of the account. */
  failed(): Promise<void>;
  /** Not decided in time: counts against the address, whose hashing may go on, and not against the account. */
  undecided(): Promise<void>;
  /** Refused before any password was looked at: counts nowhere. */
  refused(): Promise<void>;
}

interface Counter {
  readonly limiter: RateLimiter;
  readonly name: string;
  readonly allowPerWindow: number;
}

/** How often a caller may guess: per address, per account and address, and per account, whether it exists or not. Shared by all instances. */
@Injectable()
export class LoginLimits {
  /** Per address, in this process: attempts in progress count as failures; otherwise a burst would pass before its first failure is recorded. */
  readonly #trying = new Map<string, number>();

  constructor(@Inject(EntryLimiters) private readonly limits: EntryLimiters) {}

  /**
   * Counts the attempt before any password is looked at, so that a thousand guesses at once are ten. The address comes first: an attempt that is
   * refused because of it must not use up places of the account, or one address could lock any number of accounts.
   */
  async begin(attempt: LoginAttempt, reply: FastifyReply): Promise<BegunLogin> {
    const { address } = attempt.from;
    const failures = await this.#refuseClosed(attempt.from, reply);
    // In one step with the look at it: an await in between would let a burst through.
    const trying = this.#trying.get(address) ?? 0;
    if (failures + trying >= FAILURES_PER_ADDRESS) throw overLimit(reply, BURST_RETRY_MS, 'Too many logins at once from this address.');
    this.#trying.set(address, trying + 1);
    try {
      return await this.#beginAccount(attempt);
    } catch (error) {
      this.#ended(address);
      throw error;
    }
  }

  /** Counts the sign-up before anything comes of it: each one costs as much as a guess, and most make an account. */
  async signUp(from: CallerAddress, reply: FastifyReply): Promise<void> {
    await this.#refuseClosed(from, reply);
    for (const { limiter, name, allowPerWindow } of this.#countersOf(from, 'signup', this.limits.signUps, SIGN_UPS_PER_ADDRESS)) {
      const { allowed, leftMs } = await limiter.take(name, perWindow(allowPerWindow));
      if (!allowed) throw overLimit(reply, leftMs, 'Too many sign-ups from this address.');
    }
  }

  /** When the backend takes a lock away: of the account, and of each address for it. */
  async forget(environmentId: string, email: string): Promise<void> {
    const account = this.#account(environmentId, email);
    await this.limits.accounts.forget(account);
    // The addresses are not known here, so their counters get another name.
    await this.limits.accounts.take(`${account}-forgets`, FORGETS);
  }

  async #beginAccount({ environmentId, email, from }: LoginAttempt): Promise<BegunLogin> {
    const { accounts } = this.limits;
    const account = this.#account(environmentId, email);
    const { counted: forgets } = await accounts.take(`${account}-forgets`, PEEK);
    const pair = `${account}-${forgets}-${from.address}`;
    const ofPair = await accounts.take(pair, perWindow(PER_ACCOUNT_AND_ADDRESS));
    if (!ofPair.allowed) throw new Refusal('ACCOUNT_LOCKED');
    const ofAccount = await accounts.take(account, perWindow(PER_ACCOUNT));
    if (!ofAccount.allowed) {
      await accounts.giveBack(pair);
      throw new Refusal('ACCOUNT_LOCKED');
    }
    const giveBack = async (): Promise<void> => {
      await accounts.giveBack(account);
      await accounts.giveBack(pair);
      this.#ended(from.address);
    };
    return {
      lockUntilMs: ofAccount.counted >= PER_ACCOUNT ? Date.now() + ofAccount.leftMs : null,
      succeeded: async () => {
        await accounts.forget(pair);
        await giveBack();
      },
      refused: giveBack,
      failed: async () => {
        this.#ended(from.address);
        await this.#countFailure(from);
      },
      undecided: async () => {
        await giveBack();
        await this.#countFailure(from);
      },
    };
  }

  async #countFailure(from: CallerAddress): Promise<void> {
    for (const { limiter, name, allowPerWindow } of this.#failures(from)) await limiter.take(name, perWindow(allowPerWindow));
  }

  #ended(address: string): void {
    const trying = (this.#trying.get(address) ?? 0) - 1;
    if (trying > 0) this.#trying.set(address, trying);
    else this.#trying.delete(address);
  }

  /** How many wrong passwords the address has had. */
  async #refuseClosed(from: CallerAddress, reply: FastifyReply): Promise<number> {
    let failures = 0;
    for (const { limiter, name, allowPerWindow } of this.#failures(from)) {
      const { counted, leftMs } = await limiter.take(name, PEEK);
      if (counted >= allowPerWindow) throw overLimit(reply, leftMs, 'Too many wrong passwords from this address.');
      if (allowPerWindow === FAILURES_PER_ADDRESS) failures = counted;
    }
    return failures;
  }

  #failures(from: CallerAddress): readonly Counter[] {
    return this.#countersOf(from, 'login', this.limits.addresses, FAILURES_PER_ADDRESS);
  }

  #countersOf({ address, site }: CallerAddress, what: string, limiter: RateLimiter, allowPerWindow: number): readonly Counter[] {
    const ofAddress = { limiter, name: `${what}-address-${address}`, allowPerWindow };
    return site === null ? [ofAddress] : [ofAddress, { limiter, name: `${what}-site-${site}`, allowPerWindow: allowPerWindow * SITE_FACTOR }];
  }

  #account(environmentId: string, email: string): string {
    return `login-account-${createHmac('sha256', this.limits.secret).update(`${environmentId}\n${email.toLowerCase()}`).digest('hex')}`;
  }
}
