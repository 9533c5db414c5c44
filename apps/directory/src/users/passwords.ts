import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from '@app/http-api';
import { invalidField } from '@app/domain';
import { DirectorySecrets, seal, unseal } from '@app/secrets';

/** Bound to the user: a sealed hash that is copied to another user's event does not open there. */
export const passwordPurpose = (userId: string): string => `password:${userId}`;

export interface PasswordOwner {
  readonly userId: string;
  readonly sealedPasswordHash: string;
}

/** The only place that sees a password. No error quotes it. */
@Injectable()
export class Passwords {
  readonly #sealSecret: Buffer;
  #nobodysHash: Promise<string> | null = null;
  constructor(@Inject(DirectorySecrets) secrets: DirectorySecrets) {
    this.#sealSecret = secrets.sealSecret;
  }

  /** Argon2id off the main thread, then sealed: a thief who has the log alone has nothing to guess against. */
  async sealedHash(userId: string, password: string): Promise<string> {
    const characters = Array.from(password).length;
    if (characters < PASSWORD_MIN_CHARACTERS) throw invalidField('password', `must have at least ${PASSWORD_MIN_CHARACTERS} characters`);
    if (characters > PASSWORD_MAX_CHARACTERS) throw invalidField('password', `must have at most ${PASSWORD_MAX_CHARACTERS} characters`);
    return seal(this.#sealSecret, passwordPurpose(userId), await hash(password));
  }

  /** `owner` is null if there is no such user or password; that takes as long as a wrong password does, so that no caller learns it by the clock. */
  async matches(owner: PasswordOwner | null, password: string): Promise<boolean> {
    // Longer than any that was set, and its hashing would cost more.
    const tooLong = Array.from(password).length > PASSWORD_MAX_CHARACTERS;
    this.#nobodysHash ??= hash(randomBytes(32).toString('hex'));
    const stored = owner === null ? await this.#nobodysHash : unseal(this.#sealSecret, passwordPurpose(owner.userId), owner.sealedPasswordHash);
    const same = await verify(stored, tooLong ? '' : password);
    return same && owner !== null && !tooLong;
  }
}
