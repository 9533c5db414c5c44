import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FenceSeal, type SealedAs } from './fence-seal.js';

const word = fc.oneof(fc.string(), fc.constantFrom('keys.fence.join', 'keys.fence.renew', 'fence.push', 'a', 'question', '","'));
const sealedAs: fc.Arbitrary<SealedAs> = fc.oneof(
  fc.tuple(fc.constant('question' as const), word),
  fc.tuple(fc.constant('answer' as const), word, word, word),
  fc.tuple(fc.constant('push' as const), word),
  fc.tuple(fc.constant('ack' as const), word, word),
);
/** As it comes out of JSON. */
const content = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const anything = (value: unknown): value is unknown => value !== undefined;
const newSeal = (): FenceSeal => new FenceSeal(randomBytes(32));

describe("the seal on the fence's messages", () => {
  it('what was sealed opens unchanged, as what it was sealed as', () => {
    const seal = newSeal();
    fc.assert(
      fc.property(sealedAs, content, (as, value) => {
        // Null means refused: a content of null is of no message's shape.
        fc.pre(value !== null);
        expect(seal.open(as, seal.seal(as, value), anything)).toEqual(value);
      }),
    );
    expect(seal.refused).toBe(0);
  });

  it('content is read with a byte order mark, and refused when it is not UTF-8 or empty', () => {
    const secret = randomBytes(32);
    const seal = new FenceSeal(secret);
    const as: SealedAs = ['question', 'keys.fence.join'];
    // As `seal` does it, around bytes that it never makes itself.
    const sealedBytes = (...parts: readonly (string | readonly number[])[]): Uint8Array => {
      const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
      const mac = createHmac('sha256', secret)
        .update(`${JSON.stringify(['keyfence.fence.1', ...as])}\n`)
        .update(bytes)
        .digest();
      return Buffer.concat([mac, bytes]);
    };
    const opened = (...parts: readonly (string | readonly number[])[]): unknown => seal.open(as, sealedBytes(...parts), anything);
    expect([opened('{"a":1}'), opened([0xef, 0xbb, 0xbf], '{"a":1}'), opened('{"a":1,"a":2}')]).toEqual([{ a: 1 }, { a: 1 }, { a: 2 }]);
    expect([opened('{"a":"', [0xff], '"}'), opened(''), opened('{'), seal.refused]).toEqual([null, null, null, 3]);
  });

  it('it opens as nothing else: no other direction, subject, asker or nonce', () => {
    // What differs in one place only is what a mistake would take for the same.
    const pair = fc
      .tuple(sealedAs, fc.nat(), fc.oneof(word, fc.constantFrom('question', 'answer', 'push', 'ack')))
      .map(([as, at, instead]) => [as, as.with(at % as.length, instead)] as unknown as [SealedAs, SealedAs]);
    fc.assert(
      fc.property(fc.oneof(pair, fc.tuple(sealedAs, sealedAs)), content, ([as, other], value) => {
        fc.pre(JSON.stringify(as) !== JSON.stringify(other));
        const seal = newSeal();
        expect(seal.open(other, seal.seal(as, value), anything)).toBeNull();
        expect(seal.refused).toBe(1);
      }),
    );
  });

  it('whatever is changed, cut off or added, it does not open', () => {
    const seal = newSeal();
    fc.assert(
      fc.property(sealedAs, content, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.uint8Array({ minLength: 1, maxLength: 4 }), (as, value, at, flip, more) => {
        const sealed = seal.seal(as, value);
        const flipped = Uint8Array.from(sealed);
        const place = at % flipped.length;
        flipped[place] = (flipped[place] ?? 0) ^ flip;
        expect(seal.open(as, flipped, anything)).toBeNull();
        expect(seal.open(as, sealed.subarray(0, place), anything)).toBeNull();
        expect(seal.open(as, Buffer.concat([sealed, more]), anything)).toBeNull();
      }),
    );
  });

  it('neither another secret nor any bytes open, and nothing throws', () => {
    const seal = newSeal();
    fc.assert(
      fc.property(sealedAs, content, fc.uint8Array({ maxLength: 200 }), (as, value, bytes) => {
        expect(seal.open(as, newSeal().seal(as, value), anything)).toBeNull();
        expect(seal.open(as, bytes, anything)).toBeNull();
      }),
    );
  });

  it('what is sealed and not of the expected shape is refused and counted', () => {
    const seal = newSeal();
    const isText = (value: unknown): value is string => typeof value === 'string';
    expect(seal.open(['push', 'fence.push'], seal.seal(['push', 'fence.push'], 7), isText)).toBeNull();
    expect(seal.refused).toBe(1);
  });

  it('a secret that is too short is refused at start', () => {
    expect(() => new FenceSeal(randomBytes(31))).toThrow('31 bytes');
  });
});
