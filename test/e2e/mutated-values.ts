import type { JsonSchema } from '@app/http-api';
import type { SeededRandom } from '@test/support/random/seeded-random.js';

const nested = (open: string, close: string, levels: number): string => open.repeat(levels) + close.repeat(levels);

/** JSON texts that no field expects. Texts, because some cannot be made by a serializer. */
const ODD_JSON: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '1',
  '1.5',
  '1e21',
  '-1e300',
  '1e400',
  '9007199254740993',
  '4000000000',
  '253402300800',
  '""',
  '" "',
  '"x"',
  '"null"',
  '"NaN"',
  JSON.stringify('x'.repeat(101)),
  JSON.stringify('x'.repeat(20_000)),
  JSON.stringify('ü'.repeat(600)),
  String.raw`"a\u0000b"`,
  String.raw`"\ud800"`,
  String.raw`"\udfff\ud800"`,
  '"\u202e\u200b💥"',
  String.raw`"line\nbreak"`,
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"%00"',
  '"../../etc/passwd"',
  `"' OR 1=1 --"`,
  '"$where"',
  '"{{7*7}}"',
  '"<script>"',
  '"2026-02-30"',
  '"0000-00-00T00:00:00Z"',
  '"-271821-04-20"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '[5,"x",{}]',
  '{"$gt":""}',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"length":1e9}',
  '{"toString":5,"valueOf":5}',
  nested('[', ']', 40),
  nested('[', ']', 20_000),
  `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`,
  JSON.stringify(Array.from({ length: 300 }, (_, index) => `item ${index}`)),
];

/** What may stand in a URL or a header where a text is expected. */
const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  'null',
  'undefined',
  'x',
  '0',
  '-1',
  '1e9',
  'NaN',
  'true',
  '../..',
  '..',
  '.',
  '%00',
  '%',
  '%zz',
  "' OR 1=1 --",
  '$where',
  '__proto__',
  'constructor',
  '*',
  '[]',
  '{"a":1}',
  'x'.repeat(150),
  'x'.repeat(900),
  '00000000-0000-0000-0000-000000000000',
  'ffffffffffffffffffffffffffffffff',
  'usr_',
  'key_',
  'key_x',
  'a;b',
  'a,b',
  'a&b=c',
  'a#b',
  '+',
  '2026-02-30',
  '99999999999999999999',
];
/** The same with what only a URL can carry. */
const ODD_URL_TEXTS: readonly string[] = [...ODD_TEXTS, '\u0000', 'a\u0000b', 'line\nbreak', '💥', 'ü', '\u202e', 'a/b', '..\\..', '\r\nx-evil: 1'];

export const oddText = (random: SeededRandom): string => random.pick(ODD_TEXTS);
export const oddUrlText = (random: SeededRandom): string => random.pick(ODD_URL_TEXTS);
export const oddJson = (random: SeededRandom): string => random.pick(ODD_JSON);

/** A value that the schema may take, as JSON. */
export const fittingJson = (schema: JsonSchema, random: SeededRandom): string => {
  const { enum: choices, type, minimum, format } = schema;
  if (Array.isArray(choices)) return JSON.stringify(random.pick(choices));
  const kind: unknown = Array.isArray(type) ? random.pick(type) : type;
  if (kind === 'boolean') return random.pick(['true', 'false']);
  if (kind === 'integer' || kind === 'number') return String((typeof minimum === 'number' ? minimum : 0) + random.integer(50));
  if (kind === 'object') return random.pick(['{}', '{"plan":"pro"}', '{"a":{"b":[1,2,null]}}']);
  if (kind === 'array') return random.pick(['[]', '["x"]', '["example.test"]']);
  if (kind === 'null') return 'null';
  return JSON.stringify(format === 'email' ? `mutated-${random.integer(1_000_000)}@example.test` : `text ${random.integer(1_000)}`);
};

/** An object as JSON, field by field: an object of the language cannot have every name. */
export const objectJson = (fields: ReadonlyMap<string, string>): string =>
  `{${[...fields].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;

/** Bodies that are not an object, or not even JSON. */
export const oddBody = (random: SeededRandom): string =>
  random.pick([
    '',
    ' ',
    '[]',
    'null',
    '"text"',
    '5',
    '{',
    '{}{}',
    '{"a":1,}',
    "{'a':1}",
    '\uFEFF{}',
    '{"a":1',
    nested('[', ']', 15_000),
    '{"a":'.repeat(9_000),
    `{"metadata":"${'x'.repeat(70_000)}"}`,
    '\u0000',
    '{"__proto__":null}',
  ]);
