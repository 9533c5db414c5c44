import { Inject, Injectable } from '@nestjs/common';
import { hash } from '@node-rs/argon2';
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from '@app/contracts';
import { invalidField } from '@app/domain';
import { DirectorySecrets, seal } from '@app/secrets';

/** Bound to the user: a sealed hash that is copied to another user's event does not open there. */
export const passwordPurpose = (userId: string): string => `password:${userId}`;

/** The only place that sees a password. No error quotes it. */
@Injectable()
export class Passwords {
  readonly #sealSecret: Buffer;
  constructor(@Inject(DirectorySecrets) secrets: DirectorySecrets) {
    this.#sealSecret = secrets.sealSecret;
  }

  /** Argon2id off the main thread, then sealed: whoever steals the log alone has nothing to guess against. */
  async sealedHash(userId: string, password: string): Promise<string> {
    const characters = Array.from(password).length;
    if (characters < PASSWORD_MIN_CHARACTERS) throw invalidField('password', `Use at least ${PASSWORD_MIN_CHARACTERS} characters.`);
    if (characters > PASSWORD_MAX_CHARACTERS) throw invalidField('password', `Use at most ${PASSWORD_MAX_CHARACTERS} characters.`);
    return seal(this.#sealSecret, passwordPurpose(userId), await hash(password));
  }
}
