import { nativeSpace, tokenDigest } from './digest.js';
import { mintApiKeyToken, newKeyId } from './token-format.js';

const SHOWN_PREFIX_LENGTH = 10;
/** What lists may show of the token. Made from the prefix and the id, so that no random character of the token can be in it. */
const shownPrefix = (prefix: string, keyId: string): string | null => (prefix === '' ? null : (prefix + keyId).slice(0, SHOWN_PREFIX_LENGTH));

export interface NativeToken {
  readonly keyId: string;
  /** In the clear, for the one answer that has it. */
  readonly token: string;
  readonly digest: string;
  readonly tokenPrefix: string | null;
}

/** A new token as the backend and the frontend API issue it. */
export const issueNativeToken = (environmentId: string, prefix: string): NativeToken => {
  const keyId = newKeyId();
  // Opened here and nowhere else: services get the digest, the caller gets the token, this once.
  const token = mintApiKeyToken(keyId, prefix).reveal();
  return { keyId, token, digest: tokenDigest(nativeSpace(environmentId), token), tokenPrefix: shownPrefix(prefix, keyId) };
};
