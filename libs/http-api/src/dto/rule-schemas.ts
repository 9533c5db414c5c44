import type { JsonValue } from '@app/domain';
import type { DtoClass } from './read-fields.js';

/** A JSON Schema of draft 2020-12, as OpenAPI 3.1 uses it. */
export type JsonSchema = Readonly<Record<string, JsonValue>>;

// By prototype, not by name: two classes may have fields of the same name, and a subclass inherits its parent's.
const schemas = new WeakMap<object, Map<string | symbol, JsonSchema>>();

/** Only for the rules: each notes the schema of what it checks. */
export const noteSchema = (prototype: object, field: string | symbol, schema: JsonSchema): void => {
  const ofClass = schemas.get(prototype) ?? new Map<string | symbol, JsonSchema>();
  schemas.set(prototype, ofClass.set(field, schema));
};

const schemaIn = (prototype: unknown, field: string): JsonSchema | null => {
  if (typeof prototype !== 'object' || prototype === null) return null;
  return schemas.get(prototype)?.get(field) ?? schemaIn(Object.getPrototypeOf(prototype), field);
};

/** What the rule of a field accepts. Throws for a field without a rule: it would be documented as accepting anything. */
export const ruleSchemaOf = (dtoClass: DtoClass, field: string): JsonSchema => {
  const schema = schemaIn(dtoClass.prototype, field);
  if (schema === null) throw new Error(`${dtoClass.name}.${field} has no rule.`);
  return schema;
};
