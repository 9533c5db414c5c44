import type { JsonValue } from '@app/domain';
import { type DtoClass, type DtoField, fieldsOf, type JsonSchema, ruleSchemaOf } from '@app/http-api';
import type { OpenApiParameter } from './open-api-types.js';

// The defaults of a DTO are JSON values: each is the value of a field that the request leaves out.
const defaultsOf = (dtoClass: DtoClass): Readonly<Record<string, JsonValue>> => JSON.parse(JSON.stringify(new dtoClass())) as Record<string, JsonValue>;

const typesOf = ({ type }: JsonSchema): readonly JsonValue[] => (Array.isArray(type) ? type : [type ?? 'string']);

const withDefault = (schema: JsonSchema, { required }: DtoField, fallback: JsonValue): JsonSchema =>
  required || fallback === null ? schema : { ...schema, default: fallback };

const bodyField = (dtoClass: DtoClass, field: DtoField, fallback: JsonValue): JsonSchema => {
  const schema = withDefault(ruleSchemaOf(dtoClass, field.name), field, fallback);
  // Null means "not provided" everywhere, but only fields whose default is null list it as a type.
  return field.required || fallback !== null ? schema : { ...schema, type: [...typesOf(schema), 'null'] };
};

/** The schema of a request body: what each field's rule accepts, which fields are required, and the defaults of the others. */
export const dtoSchema = (dtoClass: DtoClass): JsonSchema => {
  const fields = fieldsOf(dtoClass);
  const defaults = defaultsOf(dtoClass);
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, bodyField(dtoClass, field, defaults[field.name] ?? null)])),
    ...(required.length === 0 ? {} : { required }),
  };
};

/** The same for a query string, in which no field is null. `examples` by name. */
export const dtoParameters = (dtoClass: DtoClass, examples: Readonly<Record<string, JsonValue>>): readonly OpenApiParameter[] => {
  const defaults = defaultsOf(dtoClass);
  return fieldsOf(dtoClass).map((field) => {
    const example = examples[field.name];
    const schema = withDefault(ruleSchemaOf(dtoClass, field.name), field, defaults[field.name] ?? null);
    return { name: field.name, in: 'query', required: field.required, schema, ...(example === undefined ? {} : { example }) };
  });
};
