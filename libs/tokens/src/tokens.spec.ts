import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasValidChecksum,
  importedSpace,
  mintApiKeyToken,
  mintBackendKey,
  mintOrganizationToken,
  nativeSpace,
  newKeyId,
  Secret,
  tokenDigest,
  withoutBearer,
} from './index.js';

describe('token formats', () => {
  it('a key of the backend API is its id, 56 random hex and 8 of checksum', () => {
    const keyId = newKeyId();
    const token = mintApiKeyToken(keyId, '').reveal();
    expect(token).toMatch(/^[0-9a-f]{96}$/);
    expect(token.startsWith(keyId)).toBe(true);
    expect(hasValidChecksum(token)).toBe(true);
  });

  it('a key of the organization API has 64 hex after its prefix', () => {
    const token = mintOrganizationToken('pk_live_').reveal();
    expect(token).toMatch(/^pk_live_[0-9a-f]{64}$/);
    expect(hasValidChecksum(token)).toBe(true);
  });

  it('a backend key is 128 hex', () => {
    const key = mintBackendKey().reveal();
    expect(key).toMatch(/^[0-9a-f]{128}$/);
    expect(hasValidChecksum(key)).toBe(true);
  });

  it('the longest token we can issue still passes its own checksum', () => {
    expect(hasValidChecksum(mintApiKeyToken(newKeyId(), 'x'.repeat(32)).reveal())).toBe(true);
  });

  it('one changed character breaks the checksum, wherever it stands', () => {
    const token = mintApiKeyToken(newKeyId(), 'acme_').reveal();
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'0123456789abcdef_Z'.split('')), (index, character) => {
        fc.pre(token[index] !== character);
        expect(hasValidChecksum(token.slice(0, index) + character + token.slice(index + 1))).toBe(false);
      }),
    );
  });

  it('noise of any kind is refused and never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (noise) => !hasValidChecksum(noise)));
  });
});

describe('digests', () => {
  it('the same token in another space is another key', () => {
    const spaces = ['backend', nativeSpace('a'), nativeSpace('b'), importedSpace('a')] as const;
    expect(new Set(spaces.map((space) => tokenDigest(space, 'same'))).size).toBe(4);
  });

  it('the Bearer prefix is not part of a token, in any case', () => {
    for (const presented of ['Bearer abc', 'bearer abc', 'BEARER  abc', 'abc']) expect(withoutBearer(presented)).toBe('abc');
  });
});

describe('Secret', () => {
  it('shows [redacted] wherever it is printed', () => {
    const secret = new Secret('plaintext');
    for (const text of [String(secret), JSON.stringify({ secret }), inspect({ secret }), `${secret.toString()}`]) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain('plaintext');
    }
    expect(secret.reveal()).toBe('plaintext');
  });
});
