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

/** The one place where a token's digest becomes what the log holds: a stolen log does not confirm guessed tokens. */
@Injectable()
export class TokenHashes implements RequestHashing {
  readonly #peppers: KeysSecrets['peppers'];
  constructor(@Inject(KeysSecrets) secrets: KeysSecrets) {
    this.#peppers = secrets.peppers;
  }

  /** As a new token is stored. */
  newest(digest: string): StoredToken {
    return stored(this.#peppers[0], digest);
  }

  /** The tags the token may lie under, newest pepper first: one made under a retired pepper is known all the same. */
  tagsOf(digest: string): readonly string[] {
    return this.#peppers.map((pepper) => stored(pepper, digest).tokenTag);
  }

  /** Null without an Idempotency-Key. Under every pepper: what was asked before a rotation may be asked again after it. */
  requestHash({ requestDigest }: Meta): RequestHash | null {
    if (requestDigest === undefined) return null;
    const [newest, ...retired] = this.#peppers;
    return [hmacHex(newest.key, requestDigest), ...retired.map(({ key }) => hmacHex(key, requestDigest))];
  }
}
