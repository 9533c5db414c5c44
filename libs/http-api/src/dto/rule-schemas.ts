import type { JsonValue } from '@app/domain';
import type { DtoClass } from './read-fields.js';

/** A JSON Schema of draft 2020-12, which is what OpenAPI 3.1 has. */
export type JsonSchema = Readonly<Record<string, JsonValue>>;

// By prototype, not by name: two classes may have fields of the same name, and a subclass has those of its parent.
const schemas = new WeakMap<object, Map<string | symbol, JsonSchema>>();

/** For the rules alone: what is noted here is what the rule beside it checks. */
export const noteSchema = (prototype: object, field: string | symbol, schema: JsonSchema): void => {
  const ofClass = schemas.get(prototype) ?? new Map<string | symbol, JsonSchema>();
  schemas.set(prototype, ofClass.set(field, schema));
};

const schemaIn = (prototype: unknown, field: string): JsonSchema | null => {
  if (typeof prototype !== 'object' || prototype === null) return null;
  return schemas.get(prototype)?.get(field) ?? schemaIn(Object.getPrototypeOf(prototype), field);
};

/** What the rule of a field takes. Throws for a field without a rule: it would be documented as anything. */
export const ruleSchemaOf = (dtoClass: DtoClass, field: string): JsonSchema => {
  const schema = schemaIn(dtoClass.prototype, field);
  if (schema === null) throw new Error(`${dtoClass.name}.${field} has no rule.`);
  return schema;
};
