import { isUtf8 } from 'node:buffer';

/** What `readJson` returns for bytes that are not JSON in UTF-8. */
export const NOT_JSON = Symbol('not JSON');

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;
/** RFC 8259, section 2: space, tab, line feed, carriage return. */
const WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

const startOf = (bytes: Buffer): number => (BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? BYTE_ORDER_MARK.length : 0);

const isBlankFrom = (bytes: Buffer, start: number): boolean => {
  for (let index = start; index < bytes.length; index += 1) if (!WHITESPACE.has(bytes[index] ?? 0)) return false;
  return true;
};

/**
 * The only function that reads JSON from outside: bodies of requests, and messages. Returns the value; undefined if there is nothing but
 * whitespace; `NOT_JSON` for anything else. A byte order mark at the beginning is not part of the text (RFC 8259, section 8.1): files saved on
 * Windows begin with one. Invalid UTF-8 is refused, because replacing it would turn different texts into the same one. If a name is there
 * twice, the last one counts. Never throws: the error of `JSON.parse` quotes the text, which may hold a secret.
 */
export const readJson = (bytes: Buffer): unknown => {
  const start = bytes[0] === BYTE_ORDER_MARK[0] ? startOf(bytes) : 0;
  if (!isUtf8(bytes)) return NOT_JSON;
  try {
    return JSON.parse(bytes.toString('utf8', start)) as unknown;
  } catch {
    return isBlankFrom(bytes, start) ? undefined : NOT_JSON;
  }
};

/** Bytes that a library returns as an array, without a copy. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);
