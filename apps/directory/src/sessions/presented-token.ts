import type { RefreshDigests } from '@app/messages';
import type { ShownToken } from '@app/domain';
import type { IdentifierHashes } from '../hashing/identifier-hashes.js';

/** A refresh token as the log knows it. */
export const presentedToken = (environmentId: string, { familyDigest, tokenDigest }: RefreshDigests, claims: IdentifierHashes): ShownToken => ({
  environmentId,
  familyHash: claims.sessionHash(familyDigest),
  tokenHash: claims.sessionHash(tokenDigest),
});
