import type { RefreshDigests } from '@app/messages';
import type { PresentedToken } from '@app/domain';
import type { IdentifierHashes } from '../hashing/identifier-hashes.js';

/** A refresh token as the log knows it. */
export const presentedToken = (environmentId: string, { familyDigest, tokenDigest }: RefreshDigests, hashes: IdentifierHashes): PresentedToken => ({
  environmentId,
  familyHash: hashes.sessionHash(familyDigest),
  tokenHash: hashes.sessionHash(tokenDigest),
});
