import type { RefreshDigests } from '@app/messages';
import type { PresentedToken } from '@app/domain';
import type { Claims } from '../claims.js';

/** A refresh token as the log knows it. */
export const shownToken = (environmentId: string, { familyDigest, tokenDigest }: RefreshDigests, claims: Claims): PresentedToken => ({
  environmentId,
  familyHash: claims.sessionHash(familyDigest),
  tokenHash: claims.sessionHash(tokenDigest),
});
