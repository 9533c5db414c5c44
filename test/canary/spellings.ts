/** One way in which a secret may have been written down. */
export interface Spelling {
  readonly name: string;
  readonly bytes: Buffer;
}

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const inQuotes = (text: string): string => JSON.stringify(text).slice(1, -1);
const escapedUnits = (text: string): string =>
  inQuotes(text).replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const upperEscapes = (text: string): string => text.replaceAll(/\\u[0-9a-f]{4}/g, (escape) => `\\u${escape.slice(2).toUpperCase()}`);
const percent = (text: string): string =>
  Array.from(text, (character) => (/[A-Za-z0-9\-._~]/.test(character) ? character : encodeURIComponent(character))).join('');
const lowerPercent = (text: string): string => percent(text).replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());

/** In base64 a text looks different at each of three places; the ends, where it mixes with its neighbors, are left out. */
const base64 = (bytes: Buffer, name: string): readonly Spelling[] =>
  ([0, 1, 2] as const).flatMap((skipped) => {
    const whole = bytes.subarray(skipped, skipped + Math.floor((bytes.length - skipped) / 3) * 3);
    return (['base64', 'base64url'] as const).map((alphabet) => ({ name: `${name}, ${alphabet}`, bytes: utf8(whole.toString(alphabet)) }));
  });

const hexOf = (bytes: Buffer): readonly Spelling[] => {
  const hex = bytes.toString('hex');
  return [
    { name: 'hex of its bytes', bytes: utf8(hex) },
    { name: 'upper-case hex of its bytes', bytes: utf8(hex.toUpperCase()) },
  ];
};

/** What hex digits stand for: a token may have been decoded before it was kept. */
const decodedHex = (text: string): readonly Spelling[] => {
  if (!/^(?:[0-9a-f]{2})+$/.test(text)) return [];
  const bytes = Buffer.from(text, 'hex');
  return [{ name: 'decoded', bytes }, ...base64(bytes, 'decoded')];
};

/** One byte per character, as far as it could be mistaken for that: UTF-8 read as Latin-1 and written again as UTF-8. */
const misread = (text: string): string => utf8(text).toString('latin1');

const distinct = (spellings: readonly Spelling[]): readonly Spelling[] => [
  ...new Map(spellings.toReversed().map((spelling) => [spelling.bytes.toString('latin1'), spelling])).values(),
];

/** With one byte per ASCII character. */
export const narrowSpellings = (secret: string): readonly Spelling[] => {
  const escaped = escapedUnits(secret);
  return distinct([
    { name: 'plain', bytes: utf8(secret) },
    { name: 'lower case', bytes: utf8(secret.toLowerCase()) },
    { name: 'upper case', bytes: utf8(secret.toUpperCase()) },
    { name: 'Latin-1', bytes: Buffer.from(secret, 'latin1') },
    { name: 'misread as Latin-1', bytes: utf8(misread(secret)) },
    { name: 'in JSON', bytes: utf8(inQuotes(secret)) },
    { name: 'in JSON in JSON', bytes: utf8(inQuotes(inQuotes(secret))) },
    { name: 'in JSON, escaped', bytes: utf8(escaped) },
    { name: 'in JSON, escaped in upper case', bytes: utf8(upperEscapes(escaped)) },
    { name: 'percent-encoded', bytes: utf8(percent(secret)) },
    { name: 'percent-encoded in lower case', bytes: utf8(lowerPercent(secret)) },
    { name: 'percent-encoded as a form', bytes: utf8(percent(secret).replaceAll('%20', '+')) },
    ...base64(utf8(secret), 'of its bytes'),
    ...hexOf(utf8(secret)),
    ...decodedHex(secret),
  ]);
};

/** With two bytes per character, as V8 and SQLite can keep text. */
export const wideSpellings = (secret: string): readonly Spelling[] => [{ name: 'UTF-16LE', bytes: Buffer.from(secret, 'utf16le') }];
