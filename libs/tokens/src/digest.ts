import { hash } from 'node:crypto';

/** Where a token is unique: two spaces never meet, so an imported token cannot pose as a native one. */
export type TokenSpace = 'backend' | `native:${string}` | `imported:${string}` | `session:${string}`;
export const nativeSpace = (environmentId: string): TokenSpace => `native:${environmentId}`;
export const sessionSpace = (environmentId: string): TokenSpace => `session:${environmentId}`;
export const importedSpace = (environmentId: string): TokenSpace => `imported:${environmentId}`;

/**
 * SHA-256 hex of space + "\n" + token: what memory is indexed by and what messages carry. Not what the log stores
 * (that is an HMAC of this under the pepper of keys), so a stolen log does not confirm guessed tokens.
 */
export const tokenDigest = (space: TokenSpace, token: string): string => hash('sha256', `${space}\n${token}`, 'hex');
