import { Inject, Injectable } from '@nestjs/common';
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from '@app/http-api';
import { invalidField } from '@app/domain';
import { Deadline } from '@app/log';
import type { Meta } from '@app/messages';
import { Clock } from '@app/ports';
import { DirectorySecrets, seal, unseal } from '@app/secrets';
import { PasswordHasher } from './password-hasher.js';

/** Bound to the user: a sealed hash that is copied to another user's event does not open there. */
export const passwordPurpose = (userId: string): string => `password:${userId}`;

export interface PasswordOwner {
  readonly userId: string;
  readonly sealedPasswordHash: string;
}

/** The caller that a hash counts for, and how long that caller waits. */
export interface HashFor {
  readonly share: string;
  readonly mayHave: number;
  readonly leftMs: number;
}

/** Addresses are cheap, so one of them gets few of the places; an office behind one address still logs in. */
const PER_ADDRESS = 10;
/** A server of a customer that imports users; bounded, so that it leaves places for logins. */
const PER_BACKEND = 20;

/** For a caller that is known by its network address alone. */
export const forAddress = (address: string, leftMs: number): HashFor => ({ share: `address ${address}`, mayHave: PER_ADDRESS, leftMs });
/** For a backend key or an operator. */
export const forActor = ({ environmentId, actor, leftMs }: Meta): HashFor => ({ share: `actor ${environmentId} ${actor}`, mayHave: PER_BACKEND, leftMs });

/** The hash of discarded random bytes, with the parameters of every other hash: a check against it takes as long. */
export const HASH_OF_NO_USER = '$argon2id$v=19$m=19456,t=2,p=1$RG9R1unhfefvnpORgL6PkA$59ilUP5VDT6FxF8T9vDilZy4LnNITe2idY5g5Vmldxk';

/** The only class that handles passwords. No error quotes one. */
@Injectable()
export class Passwords {
  readonly #sealSecret: Buffer;

  constructor(
    @Inject(DirectorySecrets) secrets: DirectorySecrets,
    @Inject(PasswordHasher) private readonly hasher: PasswordHasher,
    @Inject(Clock) private readonly clock: Clock,
  ) {
    this.#sealSecret = secrets.sealSecret;
  }

  /** Hashed, then sealed: a thief who has the log alone has nothing to guess against. Refuses with BUSY where the gate is full. */
  async sealedHash(userId: string, password: string, whose: HashFor): Promise<string> {
    const characters = Array.from(password).length;
    if (characters < PASSWORD_MIN_CHARACTERS) throw invalidField('password', `must have at least ${PASSWORD_MIN_CHARACTERS} characters`);
    if (characters > PASSWORD_MAX_CHARACTERS) throw invalidField('password', `must have at most ${PASSWORD_MAX_CHARACTERS} characters`);
    return seal(this.#sealSecret, passwordPurpose(userId), await this.hasher.hash(password, this.#caller(whose)));
  }

  /** `owner` is null if there is no such user or password; that takes as long as a wrong password, so that the time reveals nothing. */
  async matches(owner: PasswordOwner | null, password: string, whose: HashFor): Promise<boolean> {
    // Longer than any password that can be set, and its hash would cost more.
    const tooLong = Array.from(password).length > PASSWORD_MAX_CHARACTERS;
    const stored = owner === null ? HASH_OF_NO_USER : unseal(this.#sealSecret, passwordPurpose(owner.userId), owner.sealedPasswordHash);
    const same = await this.hasher.isHashOf(stored, tooLong ? '' : password, this.#caller(whose));
    return same && owner !== null && !tooLong;
  }

  #caller({ share, mayHave, leftMs }: HashFor) {
    return { share, mayHave, deadline: new Deadline(this.clock, leftMs) };
  }
}
