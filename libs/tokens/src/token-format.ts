import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Secret } from './secret.js';

/** Hex characters at the end of every token we make: CRC-32 (IEEE) of all characters before them, prefix included. */
export const CHECKSUM_LENGTH = 8;
const BACKEND_KEY_LENGTH = 128;
/** Imported tokens are any text of 16 to 1 024 bytes. */
export const IMPORTED_TOKEN_MIN_BYTES = 16;
export const IMPORTED_TOKEN_MAX_BYTES = 1024;
export const hasImportedLength = (token: string): boolean => {
  const bytes = Buffer.byteLength(token);
  return bytes >= IMPORTED_TOKEN_MIN_BYTES && bytes <= IMPORTED_TOKEN_MAX_BYTES;
};
/** No token of ours is longer: a prefix of 32, 32 of key id, 56 random, 8 of checksum. */
const MAX_NATIVE_LENGTH = 128;
const CHECKSUM = /^[0-9a-f]{8}$/;

const checksumOf = (text: string): string => crc32(text).toString(16).padStart(CHECKSUM_LENGTH, '0');
export const sealWithChecksum = (text: string): Secret => new Secret(text + checksumOf(text));

export const newKeyId = (): string => randomBytes(16).toString('hex');

/** What the backend and frontend APIs issue: prefix (bare by default), 32 hex of key id, 56 random, 8 of checksum. */
export const mintApiKeyToken = (keyId: string, prefix: string): Secret => sealWithChecksum(prefix + keyId + randomBytes(28).toString('hex'));

/** What the organization API issues: prefix (`pk_live_` by default), 56 random, 8 of checksum. */
export const mintOrganizationToken = (prefix: string): Secret => sealWithChecksum(prefix + randomBytes(28).toString('hex'));

/** 128 hex, the last 8 of them the checksum. */
export const mintBackendKey = (): Secret => sealWithChecksum(randomBytes((BACKEND_KEY_LENGTH - CHECKSUM_LENGTH) / 2).toString('hex'));

/** False for noise, typing errors and tokens of other makers: those are refused without any look-up. */
export const hasValidChecksum = (token: string): boolean => {
  const split = token.length - CHECKSUM_LENGTH;
  if (split < 56 || token.length > MAX_NATIVE_LENGTH) return false;
  const given = token.slice(split);
  return CHECKSUM.test(given) && given === checksumOf(token.slice(0, split));
};

const BEARER = /^bearer /i;
/** Callers may send the header's value as they got it: a leading `Bearer ` in any case is not part of the token. */
export const withoutBearer = (presented: string): string => (BEARER.test(presented) ? presented.slice(7).trimStart() : presented);

const BEARER_HEADER = /^bearer +(\S+)$/i;
/** What follows `Bearer ` in an Authorization header; null where the header is missing or has another form. */
export const bearerToken = (authorization: string | undefined): string | null => BEARER_HEADER.exec(authorization ?? '')?.[1] ?? null;
