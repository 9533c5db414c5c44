import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FenceRecord } from '../protocol/messages.js';
import { type AskedFor, SealedRecords } from './sealed-records.js';
import { digestOf, personalKey, userRecord } from '@test/support/fence/records.js';

const SECRET = Buffer.alloc(32, 1);
const LOG = 'a'.repeat(64);
const sealed = new SealedRecords(SECRET);
const user: FenceRecord = { name: 'user-u', state: userRecord('u'), asOf: 7 };
const key: FenceRecord = { name: 'key-k', state: personalKey('k', 'u'), asOf: 7, digest: digestOf('k') };
const byName: AskedFor = { name: 'user-u' };
const byDigest: AskedFor = { digest: digestOf('k') };
const placeOf = (asked: AskedFor): string => sealed.placeOf(asked);

describe('a sealed record', () => {
  it('opens at its place, in its log, for what it is a record of', () => {
    expect(sealed.open(placeOf(byName), LOG, byName, sealed.seal(placeOf(byName), LOG, user))).toEqual(user);
    expect(sealed.open(placeOf(byDigest), LOG, byDigest, sealed.seal(placeOf(byDigest), LOG, key))).toEqual(key);
  });

  it('opens nowhere else: another place, log, secret, name or digest', () => {
    const value = sealed.seal(placeOf(byName), LOG, user);
    const elsewhere = placeOf({ name: 'user-v' });
    expect(sealed.open(elsewhere, LOG, { name: 'user-v' }, value)).toBeNull();
    expect(sealed.open(elsewhere, LOG, byName, value)).toBeNull();
    expect(sealed.open(placeOf(byName), 'b'.repeat(64), byName, value)).toBeNull();
    expect(new SealedRecords(Buffer.alloc(32, 2)).open(placeOf(byName), LOG, byName, value)).toBeNull();
    expect(sealed.open(placeOf(byName), LOG, { name: 'user-v' }, value)).toBeNull();
    expect(sealed.open(placeOf(byDigest), LOG, byDigest, sealed.seal(placeOf(byDigest), LOG, user))).toBeNull();
  });

  it('does not open with a bit flipped, cut short, or made up', () => {
    const place = placeOf(byName);
    const value = sealed.seal(place, LOG, user);
    for (let bit = 0; bit < 8 * value.length; bit += 1) {
      const copy = Buffer.from(value);
      copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      if (sealed.open(place, LOG, byName, copy) !== null) throw new Error(`bit ${bit}`);
    }
    for (let length = 0; length < value.length; length += 1) expect(sealed.open(place, LOG, byName, value.subarray(0, length))).toBeNull();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => sealed.open(place, LOG, byName, Buffer.from(bytes)) === null));
  });

  it('does not open where a writer of another version put another shape', () => {
    const place = placeOf(byName);
    for (const shape of [
      null,
      1,
      [],
      {},
      { name: 'user-u' },
      { ...user, asOf: '7' },
      { ...user, state: null },
      { ...user, state: {} },
      { ...user, digest: 1 },
    ]) {
      expect(sealed.open(place, LOG, byName, sealed.seal(place, LOG, shape as never))).toBeNull();
    }
  });

  it('never looks the same twice, and says nothing of what is in it', () => {
    const place = placeOf(byDigest);
    const [one, two] = [sealed.seal(place, LOG, key), sealed.seal(place, LOG, key)];
    expect(one.equals(two)).toBe(false);
    expect(one.toString('latin1')).not.toContain('key-k');
    expect(place).toMatch(/^kf:c:2:[0-9a-f]{64}$/);
    expect(place).not.toContain(digestOf('k'));
  });

  it('places are apart: by digest or by name, by secret', () => {
    const other = new SealedRecords(Buffer.alloc(32, 2));
    const places = [sealed, other].flatMap((one) => [{ digest: 'x' }, { name: 'x' }, { name: 'y' }].map((asked) => one.placeOf(asked)));
    expect(new Set(places).size).toBe(6);
  });

  it('is made with a secret of 32 bytes only', () => {
    for (const length of [0, 16, 31, 33]) expect(() => new SealedRecords(Buffer.alloc(length))).toThrow(RangeError);
  });
});
