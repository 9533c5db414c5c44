import { Inject, Injectable } from '@nestjs/common';
import type { Meta } from '@app/messages';
import { tags } from '@app/domain';
import type { RequestHashing } from '@app/platform';
import { DirectorySecrets, hmacHex } from '@app/secrets';

/** The form in which the log may hold addresses, user names and request bodies: HMACs, so that a stolen log does not confirm guesses. */
@Injectable()
export class IdentifierHashes implements RequestHashing {
  readonly #pepper: Buffer;
  constructor(@Inject(DirectorySecrets) secrets: DirectorySecrets) {
    this.#pepper = secrets.emailPepper;
  }

  /** Ignores case: two users of an environment never share an address. */
  emailTag(environmentId: string, email: string): string {
    return tags.email(hmacHex(this.#pepper, `${environmentId}\n${email.toLowerCase()}`));
  }

  usernameTag(environmentId: string, username: string): string {
    // Different from addresses: a user name that equals an address must not have the same hash in the log.
    return tags.username(hmacHex(this.#pepper, `${environmentId}\nusername\n${username.toLowerCase()}`));
  }

  /** Of a refresh token or of the part of it that its session keeps, by their digests. */
  sessionHash(digest: string): string {
    return hmacHex(this.#pepper, `session\n${digest}`);
  }

  /** Null without an Idempotency-Key. */
  requestHash({ requestDigest }: Meta): string | null {
    return requestDigest === undefined ? null : hmacHex(this.#pepper, requestDigest);
  }
}
