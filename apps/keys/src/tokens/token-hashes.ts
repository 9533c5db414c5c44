import { Inject, Injectable } from '@nestjs/common';
import type { Meta } from '@app/messages';
import { tags } from '@app/domain';
import type { RequestHash } from '@app/log';
import type { RequestHashing } from '@app/platform';
import { hmacHex, KeysSecrets, type Pepper } from '@app/secrets';

/** What the log stores of a token. */
export interface StoredToken {
  readonly tokenTag: string;
  readonly pepperId: string;
}

const stored = ({ id, key }: Pepper, digest: string): StoredToken => ({ tokenTag: tags.token(hmacHex(key, digest)), pepperId: id });

/** The only place where a token's digest becomes the hash in the log: a stolen log cannot confirm guessed tokens. */
@Injectable()
export class TokenHashes implements RequestHashing {
  readonly #peppers: KeysSecrets['peppers'];
  constructor(@Inject(KeysSecrets) secrets: KeysSecrets) {
    this.#peppers = secrets.peppers;
  }

  /** The hash under which a new token is stored. */
  newest(digest: string): StoredToken {
    return stored(this.#peppers[0], digest);
  }

  /** The tags that may belong to the token, newest pepper first: one hashed with a retired pepper is still known. */
  tagsOf(digest: string): readonly string[] {
    return this.#peppers.map((pepper) => stored(pepper, digest).tokenTag);
  }

  /** Null without an Idempotency-Key. Under every pepper: a request from before a rotation may be repeated after it. */
  requestHash({ requestDigest }: Meta): RequestHash | null {
    if (requestDigest === undefined) return null;
    const [newest, ...retired] = this.#peppers;
    return [hmacHex(newest.key, requestDigest), ...retired.map(({ key }) => hmacHex(key, requestDigest))];
  }
}
