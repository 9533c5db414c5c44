import { describe, expect, it } from 'vitest';
import { NOT_JSON, readJson } from './read-json.js';

const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const MARK = [0xef, 0xbb, 0xbf] as const;

describe('JSON from outside', () => {
  it('is read with and without a byte order mark, and with the whitespace of JSON around it', () => {
    for (const text of [bytes('{"a":"é"}'), bytes(MARK, '{"a":"é"}'), bytes(' \t\r\n{"a":"é"}\n'), bytes(MARK, '\n{"a":"é"} ')])
      expect(readJson(text)).toEqual({ a: 'é' });
    expect([readJson(bytes('null')), readJson(bytes(MARK, '0')), readJson(bytes('""'))]).toEqual([null, 0, '']);
  });

  it('is undefined where there is nothing', () => {
    for (const text of [bytes(), bytes(MARK), bytes('  \r\n\t'), bytes(MARK, ' ')]) expect(readJson(text)).toBeUndefined();
  });

  it.each([
    ['a second byte order mark', bytes(MARK, MARK, '{}')],
    ['a byte order mark within', bytes('{', MARK, '}')],
    ['half a byte order mark', bytes([0xef, 0xbb], '{}')],
    ['whitespace that JSON does not know', bytes('\u00a0{}')],
    ['a byte that begins nothing', bytes('{"a":"', [0xff], '"}')],
    ['a character that is cut off', bytes('{"a":"', [0xc3], '"}')],
    ['half of a surrogate pair in bytes', bytes('{"a":"', [0xed, 0xa0, 0x80], '"}')],
    ['an overlong form', bytes('{"a":"', [0xc0, 0x80], '"}')],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
    ['half of a value', bytes('{"a":')],
    ['two values', bytes('{}{}')],
    ['a comma too many', bytes('{"a":1,}')],
    ['a text that is not JSON', bytes('undefined')],
  ])('is not read from %s', (_, text) => {
    expect(readJson(text)).toBe(NOT_JSON);
  });

  it('of a name that is there twice counts the last', () => {
    expect(readJson(bytes('{"a":1,"a":2}'))).toEqual({ a: 2 });
  });
});
