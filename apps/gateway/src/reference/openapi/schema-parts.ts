import type { JsonSchema } from '@app/http-api';

/** Building blocks for the schemas of responses. */
export const TEXT: JsonSchema = { type: 'string' };
export const FLAG: JsonSchema = { type: 'boolean' };
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
export const SECONDS: JsonSchema = { type: 'integer', description: 'Unix seconds.' };
export const ISO_TIME: JsonSchema = { type: 'string', format: 'date-time', description: 'ISO 8601, UTC, with milliseconds.' };
export const UUID: JsonSchema = { type: 'string', format: 'uuid' };
export const KEY_ID: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{32}$' };
export const ANY_OBJECT: JsonSchema = { type: 'object', additionalProperties: true };
export const ROLE: JsonSchema = { type: 'string', description: 'Owner, Admin or Member.' };

export const prefixedId = (prefix: string): JsonSchema => ({ type: 'string', pattern: `^${prefix}[0-9a-f]{32}$` });
export const oneValue = (value: string | boolean): JsonSchema => ({ const: value });
export const oneOf = (...values: readonly string[]): JsonSchema => ({ type: 'string', enum: values });
export const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
export const mapOf = (additionalProperties: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties });
export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** Allows null as well: as a second type, or as a choice if the schema is a reference. */
export const orNull = (schema: JsonSchema): JsonSchema => {
  const { type } = schema;
  return typeof type === 'string' ? { ...schema, type: [type, 'null'] } : { anyOf: [schema, { type: 'null' }] };
};
export const described = (description: string, schema: JsonSchema): JsonSchema => ({ ...schema, description });

type Fields = Readonly<Record<string, JsonSchema>>;

/** Every field of `always` is present. Those of `sometimes` are absent while they are unset. */
export const objectOf = (always: Fields, sometimes: Fields = {}): JsonSchema => {
  const required = Object.keys(always);
  return { type: 'object', properties: { ...always, ...sometimes }, ...(required.length === 0 ? {} : { required }) };
};
