import { createHmac, randomBytes } from 'node:crypto';
import { sessionSpace, tokenDigest } from './digest.js';
import type { Secret } from './secret.js';
import { hasValidChecksum, sealWithChecksum } from './token-format.js';

const SESSION_ID_LENGTH = 32;
const FAMILY_LENGTH = 64;
const CHANGING_LENGTH = 32;
const REFRESH_TOKEN = /^[0-9a-f]{104}$/;

/** What services get of a refresh token. `familyDigest`: of the part that all tokens of a session share, and no other party can make up. */
export interface RefreshTokenDigests {
  readonly sessionId: string;
  readonly familyDigest: string;
  readonly tokenDigest: string;
}

const newRandom = (): string => randomBytes(16).toString('hex');

/** The first token of a session: 32 hex of session id, 32 of family, 32 that change with every refresh, 8 of checksum. */
export const mintRefreshToken = (sessionId: string): Secret => sealWithChecksum(sessionId + newRandom() + newRandom());

/**
 * The token that follows `token`, which must be one. Always the same: two tabs that show one token at once get one successor, and so does
 * a caller that asks again because an answer was lost. Without the secret it looks random.
 */
export const nextRefreshToken = (token: string, secret: Buffer): Secret =>
  sealWithChecksum(token.slice(0, FAMILY_LENGTH) + createHmac('sha256', secret).update(`refresh-token\n${token}`).digest('hex').slice(0, CHANGING_LENGTH));

/** Null: no token of ours, which needs no look-up to say so. */
export const refreshTokenDigests = (environmentId: string, token: string): RefreshTokenDigests | null => {
  if (!REFRESH_TOKEN.test(token) || !hasValidChecksum(token)) return null;
  const space = sessionSpace(environmentId);
  return {
    sessionId: token.slice(0, SESSION_ID_LENGTH),
    familyDigest: tokenDigest(space, token.slice(0, FAMILY_LENGTH)),
    tokenDigest: tokenDigest(space, token),
  };
};
