import { mintApiKeyToken, nativeSpace, newKeyId, tokenDigest } from '@app/tokens';
import type { EnvironmentRecord } from '@app/domain';

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
export const newNativeToken = ({ environmentId, settings: { backendTokenPrefix } }: EnvironmentRecord): NativeToken => {
  const keyId = newKeyId();
  // Opened here and nowhere else: services get the digest, the caller gets the token, this once.
  const token = mintApiKeyToken(keyId, backendTokenPrefix).reveal();
  return { keyId, token, digest: tokenDigest(nativeSpace(environmentId), token), tokenPrefix: shownPrefix(backendTokenPrefix, keyId) };
};
