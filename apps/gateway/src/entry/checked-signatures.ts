import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** What of a token is read after its signature was checked. */
export interface SignedClaims {
  readonly sub: unknown;
  readonly sid: unknown;
  readonly sessionEpoch: unknown;
  readonly iss: unknown;
  readonly iat: number;
  readonly exp: number;
  readonly nbf: number | null;
}

export interface CheckedToken {
  readonly kid: string | null;
  /** The key that the signature was checked with. */
  readonly publicKeyPem: string;
  readonly claims: SignedClaims;
}

/** Some 200 bytes each. */
const TOKENS_IN_MEMORY = 50_000;

/**
 * Tokens whose signature was found right, by the digest of the whole token. A signature never changes, so it is checked once; everything else
 * about a token can change and is decided on every call: whether its key still signs for this environment, its times, its session, its user.
 * Only right signatures are remembered, because anyone can make any number of wrong ones.
 */
export class CheckedSignatures {
  readonly #tokens: LRUCache<string, CheckedToken>;

  constructor(max = TOKENS_IN_MEMORY) {
    this.#tokens = new LRUCache({ max });
  }

  get size(): number {
    return this.#tokens.size;
  }

  of(token: string): CheckedToken | undefined {
    return this.#tokens.get(digestOf(token));
  }

  remember(token: string, checked: CheckedToken): void {
    this.#tokens.set(digestOf(token), checked);
  }

  /** Its key is gone, or it has ended. */
  forget(token: string): void {
    this.#tokens.delete(digestOf(token));
  }
}

/** The token itself would be a secret in memory for as long as it is remembered. */
const digestOf = (token: string): string => hash('sha256', token, 'base64url');
