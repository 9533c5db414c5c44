import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasValidChecksum, mintRefreshToken, newKeyId, nextRefreshToken, refreshTokenDigests } from './index.js';

const SESSION_ID = '00112233445566778899aabbccddeeff';
const digests = (token: string, environmentId = 'e1') => {
  const found = refreshTokenDigests(environmentId, token);
  if (found === null) throw new Error('No refresh token.');
  return found;
};
const SECRET = Buffer.alloc(32, 1);
const next = (token: string, secret = SECRET): string => nextRefreshToken(token, secret).reveal();
const minted = (sessionId = SESSION_ID): string => mintRefreshToken(sessionId).reveal();

describe('a refresh token', () => {
  it('is the session id, 32 hex of family, 32 random hex and 8 of checksum', () => {
    const token = minted();
    expect(token).toMatch(/^00112233445566778899aabbccddeeff[0-9a-f]{72}$/);
    expect(hasValidChecksum(token)).toBe(true);
    expect(mintRefreshToken(newKeyId()).reveal()).toHaveLength(104);
  });

  it('is never made twice, nor is its family', () => {
    const tokens = Array.from({ length: 100 }, () => minted());
    expect(new Set(tokens).size).toBe(100);
    expect(new Set(tokens.map((token) => digests(token).familyDigest)).size).toBe(100);
  });

  it('shows itself nowhere by accident', () =>
    expect(`${String(mintRefreshToken(SESSION_ID))}${JSON.stringify(nextRefreshToken(minted(), SECRET))}`).not.toContain(SESSION_ID));
});

describe('the next refresh token', () => {
  it('is of the same session and family, and another one', () => {
    const token = minted();
    const after = next(token);
    expect(after).toMatch(/^[0-9a-f]{104}$/);
    expect(hasValidChecksum(after)).toBe(true);
    expect(digests(after)).toEqual({ ...digests(token), tokenDigest: expect.not.stringMatching(digests(token).tokenDigest) as string });
  });

  it('is always the same: a caller that asks twice gets one', () => {
    const token = minted();
    expect(new Set(Array.from({ length: 10 }, () => next(token)))).toEqual(new Set([next(token)]));
  });

  it('is not the same on a second server that has another secret, nor is it that of any other token', () => {
    const token = minted();
    expect(next(token, Buffer.alloc(32, 2))).not.toBe(next(token));
    // The same but for the session id, for the family and for the part that changes.
    const others = [token, 'f'.repeat(32) + token.slice(32), token.slice(0, 32) + 'f'.repeat(32) + token.slice(64), token.slice(0, 64) + 'f'.repeat(40)];
    expect(new Set(others.map((other) => next(other).slice(64, 96))).size).toBe(others.length);
  });

  it('comes never twice in a line of them', () => {
    const line = [minted()];
    for (let count = 0; count < 1_000; count += 1) line.push(next(line.at(-1) ?? ''));
    expect(new Set(line).size).toBe(line.length);
  });

  it('does not change with a new version: while one is rolled out, a tab asks the old one and its neighbor the new one', () =>
    expect(next(SESSION_ID.repeat(3) + '00000000')).toBe(
      '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff8d99571b624af56be157da159e0b3471d5c59da4',
    ));
});

describe('what services get of a refresh token', () => {
  it('is its session id and two digests, in which nothing secret of it is left', () => {
    const token = minted();
    const { sessionId, familyDigest, tokenDigest } = digests(token);
    expect(sessionId).toBe(SESSION_ID);
    for (const digest of [familyDigest, tokenDigest]) {
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      for (const part of [token.slice(32, 64), token.slice(64, 96)]) expect(digest).not.toContain(part);
    }
    expect(familyDigest).not.toBe(tokenDigest);
  });

  it('is something else in another environment', () => {
    const token = minted();
    expect(digests(token, 'e2').familyDigest).not.toBe(digests(token).familyDigest);
    expect(digests(token, 'e2').tokenDigest).not.toBe(digests(token).tokenDigest);
  });

  it('is of another family for the same random part under another session id', () => {
    const token = minted();
    const other = next(SESSION_ID.replace('0', '1') + token.slice(32));
    expect(digests(other).familyDigest).not.toBe(digests(token).familyDigest);
  });

  it('is nothing when a character is changed, added, left out or in upper case', () => {
    const token = minted();
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'0123456789abcdefABCDEF_ \n'.split('')), (index, character) => {
        fc.pre(token[index] !== character);
        expect(refreshTokenDigests('e1', token.slice(0, index) + character + token.slice(index + 1))).toBeNull();
        expect(refreshTokenDigests('e1', token.slice(0, index) + character + token.slice(index))).toBeNull();
        expect(refreshTokenDigests('e1', token.slice(0, index) + token.slice(index + 1))).toBeNull();
      }),
    );
    const upper = minted('aabbccddeeff00112233445566778899').slice(0, 96).toUpperCase();
    expect(refreshTokenDigests('e1', upper + crc32(upper).toString(16).padStart(8, '0'))).toBeNull();
  });

  it('is nothing for noise of any kind, which never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (noise) => refreshTokenDigests('e1', noise) === null));
  });
});
