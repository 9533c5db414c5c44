import type { JsonSchema } from '@app/http-api';
import { isObject } from '../clients/backend-api.js';

type Components = Readonly<Record<string, JsonSchema>>;
type Problem = string;
interface Place {
  readonly components: Components;
  /** Fields that a schema does not name are a problem: for examples, not for what a server may grow. */
  readonly closed: boolean;
}
type Keyword = (schema: JsonSchema, value: unknown, at: string, place: Place) => readonly Problem[];

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
};
const isA = (value: unknown, type: unknown): boolean => typeOf(value) === type || (type === 'number' && typeOf(value) === 'integer');
const schemasIn = (value: unknown): Readonly<Record<string, JsonSchema>> => (isObject(value) ? (value as Readonly<Record<string, JsonSchema>>) : {});
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
const codePoints = (text: string): number => Array.from(text).length;

const checkType: Keyword = ({ type }, value, at) =>
  type === undefined || [type].flat().some((one) => isA(value, one)) ? [] : [`${at} is ${typeOf(value)}, not ${JSON.stringify(type)}`];

const checkChoice: Keyword = ({ enum: choices, const: only }, value, at) => [
  ...(Array.isArray(choices) && !choices.includes(value) ? [`${at} is not one of ${JSON.stringify(choices)}`] : []),
  ...(only !== undefined && only !== value ? [`${at} is not ${JSON.stringify(only)}`] : []),
];

const checkText: Keyword = ({ minLength, maxLength, pattern, format }, value, at) => {
  if (typeof value !== 'string') return [];
  return [
    ...(typeof minLength === 'number' && codePoints(value) < minLength ? [`${at} is too short`] : []),
    ...(typeof maxLength === 'number' && codePoints(value) > maxLength ? [`${at} is too long`] : []),
    ...(typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value) ? [`${at} does not match ${pattern}`] : []),
    ...(format === 'date-time' && Number.isNaN(Date.parse(value)) ? [`${at} is not a time`] : []),
  ];
};

const checkNumber: Keyword = ({ minimum, maximum }, value, at) => {
  if (typeof value !== 'number') return [];
  return (typeof minimum === 'number' && value < minimum) || (typeof maximum === 'number' && value > maximum) ? [`${at} is out of bounds`] : [];
};

const checkItems: Keyword = ({ items, maxItems }, value, at, place) => {
  if (!Array.isArray(value)) return [];
  const tooMany = typeof maxItems === 'number' && value.length > maxItems ? [`${at} has too many items`] : [];
  return isObject(items) ? [...tooMany, ...value.flatMap((item, index) => problemsIn(items as JsonSchema, item, `${at}.${index}`, place))] : tooMany;
};

const checkFields: Keyword = (schema, value, at, place) => {
  if (!isObject(value)) return [];
  const properties = schemasIn(schema['properties']);
  const others = schema['additionalProperties'];
  const missing = texts(schema['required'])
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => `${at}.${name} is missing`);
  return [
    ...missing,
    ...Object.entries(value).flatMap(([name, part]) => {
      const ofField = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (ofField !== undefined) return problemsIn(ofField, part, `${at}.${name}`, place);
      if (isObject(others)) return problemsIn(others as JsonSchema, part, `${at}.${name}`, place);
      return place.closed && others !== true && Object.keys(properties).length > 0 ? [`${at}.${name} is not described`] : [];
    }),
  ];
};

const checkParts: Keyword = ({ $ref, anyOf }, value, at, place) => {
  const name = typeof $ref === 'string' ? $ref.replace('#/components/schemas/', '') : null;
  const named = name === null ? null : place.components[name];
  if (named === undefined) return [`${name} does not exist`];
  const choices = Array.isArray(anyOf) ? anyOf.map((choice) => problemsIn(choice as JsonSchema, value, at, place)) : [];
  return [
    ...(named === null ? [] : problemsIn(named, value, at, place)),
    ...(choices.length > 0 && choices.every((problems) => problems.length > 0) ? choices.flat() : []),
  ];
};

const KEYWORDS: readonly Keyword[] = [checkType, checkChoice, checkText, checkNumber, checkItems, checkFields, checkParts];
const KNOWN = new Set([
  'type',
  'enum',
  'const',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'items',
  'maxItems',
  'properties',
  'required',
  'additionalProperties',
  '$ref',
  'anyOf',
  'description',
  'default',
]);

const problemsIn = (schema: JsonSchema, value: unknown, at: string, place: Place): readonly Problem[] => {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new Error(`The check knows no ${unknown.join(', ')}.`);
  return KEYWORDS.flatMap((check) => check(schema, value, at, place));
};

/** What a value has wrong by a schema, for the keywords that the OpenAPI document uses; another keyword throws. */
export const schemaProblems = (schema: JsonSchema, value: unknown, components: Components = {}, closed = false): readonly Problem[] =>
  problemsIn(schema, value, 'value', { components, closed });
