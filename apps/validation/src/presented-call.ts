import type { RateTaken } from '@app/ports';
import { hasImportedLength, hasValidChecksum, importedSpace, nativeSpace, Secret, tokenDigest, withoutBearer } from '@app/tokens';

/** Which kind of token a route accepts. One is never accepted as the other: their digests are in different spaces. */
export type TokenOrigin = 'native' | 'imported';

/** What a caller presented, as secrets; the rest of the app sees digests only. */
export class PresentedCall {
  readonly #origin: TokenOrigin;
  readonly #backendKey: Secret | null;
  readonly #token: Secret | null;
  /** The call's place in its owner's window; null if it is not counted yet. */
  taken: RateTaken | Promise<RateTaken> | null = null;

  /** `token`: null if the request has no token. */
  constructor(origin: TokenOrigin, authorization: string | undefined, token: string | null) {
    this.#origin = origin;
    this.#backendKey = bearerIn(authorization);
    this.#token = token === null ? null : new Secret(withoutBearer(token));
  }

  /** Resolves when a pending count has its result. */
  async counting(): Promise<void> {
    if (this.taken instanceof Promise) this.taken = await this.taken;
  }

  get hasToken(): boolean {
    return this.#token !== null;
  }

  /** Null if there is no backend key in the request. */
  backendKeyDigest(): string | null {
    return this.#backendKey === null ? null : tokenDigest('backend', this.#backendKey.reveal());
  }

  tokenDigest(environmentId: string): string {
    const space = this.#origin === 'native' ? nativeSpace(environmentId) : importedSpace(environmentId);
    return tokenDigest(space, this.#token?.reveal() ?? '');
  }

  /** False if no such key was ever created, so no look-up is needed. */
  backendKeyCanExist(): boolean {
    return this.#backendKey !== null && hasValidChecksum(this.#backendKey.reveal());
  }

  tokenCanExist(): boolean {
    if (this.#token === null) return false;
    const token = this.#token.reveal();
    return this.#origin === 'native' ? hasValidChecksum(token) : hasImportedLength(token);
  }
}

/** Without the scheme it is not a backend key. */
const bearerIn = (authorization = ''): Secret | null => {
  const bearer = withoutBearer(authorization);
  return bearer.length === authorization.length ? null : new Secret(bearer);
};
