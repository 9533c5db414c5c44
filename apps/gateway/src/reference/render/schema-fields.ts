import type { JsonValue } from '@app/domain';
import type { JsonSchema } from '@app/http-api';
import { html, inlineMarkdown, type Markup, NOTHING } from './markup.js';

/** The schemas of the document by name. */
export type Schemas = Readonly<Record<string, JsonSchema>>;

const REF = '#/components/schemas/';

export const objectId = (name: string): string => `object-${name}`;

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
const schemaOr = (value: JsonValue | undefined): JsonSchema | null => (typeof value === 'object' && value !== null && !isList(value) ? value : null);
const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (isList(value) ? value : []);

const refName = (schema: JsonSchema): string | null => {
  const ref = schema['$ref'];
  return typeof ref === 'string' ? ref.slice(REF.length) : null;
};

const joined = (parts: readonly Markup[], between: string): Markup => html`${parts.map((part, index) => (index === 0 ? part : html`${between}${part}`))}`;
const codes = (values: readonly JsonValue[]): Markup =>
  joined(
    values.map((value) => html`<code>${JSON.stringify(value)}</code>`),
    ', ',
  );

const simpleType = (type: string, schema: JsonSchema): Markup => {
  const items = schemaOr(schema['items']);
  if (type === 'array' && items !== null) return html`array of ${typeOf(items)}`;
  const values = schemaOr(schema['additionalProperties']);
  if (type === 'object' && values !== null && Object.keys(values).length > 0) return html`object of ${typeOf(values)}`;
  const format = schema['format'];
  return typeof format === 'string' && type !== 'null' ? html`${type} (${format})` : html`${type}`;
};

/** The type of a value in a few words, with links to named objects. */
export const typeOf = (schema: JsonSchema): Markup => {
  const name = refName(schema);
  if (name !== null) return html`<a href="#${objectId(name)}">${name}</a>`;
  if (schema['const'] !== undefined) return codes([schema['const']]);
  const choices = listOf(schema['anyOf'])
    .map(schemaOr)
    .filter((choice) => choice !== null);
  if (choices.length > 0) return joined(choices.map(typeOf), ' or ');
  const types = (isList(schema['type']) ? schema['type'] : [schema['type'] ?? 'any']).map(String);
  return joined(
    types.map((type) => simpleType(type, schema)),
    ' or ',
  );
};

const range = (least: JsonValue | undefined, most: JsonValue | undefined, unit: string): readonly Markup[] => {
  if (least === undefined && most === undefined) return [];
  if (least === undefined) return [html`at most ${JSON.stringify(most)}${unit}`];
  return most === undefined ? [html`at least ${JSON.stringify(least)}${unit}`] : [html`${JSON.stringify(least)} to ${JSON.stringify(most)}${unit}`];
};

const rulesOf = (schema: JsonSchema): readonly Markup[] => [
  ...range(schema['minLength'], schema['maxLength'], ' characters'),
  ...range(schema['minimum'], schema['maximum'], ''),
  ...range(schema['minItems'], schema['maxItems'], ' entries'),
  ...(typeof schema['pattern'] === 'string' ? [html`matches <code>${schema['pattern']}</code>`] : []),
  ...(schema['enum'] === undefined ? [] : [html`one of ${codes(listOf(schema['enum']))}`]),
  ...(schema['default'] === undefined ? [] : [html`default ${codes([schema['default']])}`]),
];

export interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
  readonly description?: string | undefined;
  /** The permission that the backend key needs to send this field, in addition to that of the operation. */
  readonly permission?: string | undefined;
}

const nestedFields = (schema: JsonSchema): readonly Field[] => {
  const own = propertiesOf(schema);
  const items = schemaOr(schema['items']);
  return own.length > 0 || items === null ? own : propertiesOf(items);
};

const fieldItem = ({ name, schema, required, description, permission }: Field): Markup => {
  const rules = rulesOf({ ...schemaOr(schema['items']), ...schema });
  const text = description ?? schema['description'];
  return html`<li>
<code class="name">${name}</code> <span class="type">${typeOf(schema)}</span>${required ? html` <span class="required">required</span>` : NOTHING}
${typeof text === 'string' ? html`<p>${inlineMarkdown(text)}</p>` : NOTHING}
${rules.length > 0 ? html`<p class="rules">${joined(rules, ' · ')}</p>` : NOTHING}
${permission === undefined ? NOTHING : html`<p>Needs the permission <strong>${permission}</strong> as well.</p>`}
${fieldList(nestedFields(schema))}</li>`;
};

export const fieldList = (fields: readonly Field[]): Markup => (fields.length === 0 ? NOTHING : html`<ul class="fields">${fields.map(fieldItem)}</ul>`);

/** The fields of an object. Empty for any other schema. */
export const propertiesOf = (schema: JsonSchema, permissions: Readonly<Record<string, string>> = {}): readonly Field[] => {
  const required = new Set(listOf(schema['required']));
  return Object.entries(schemaOr(schema['properties']) ?? {}).flatMap(([name, value]) => {
    const property = schemaOr(value);
    return property === null ? [] : [{ name, schema: property, required: required.has(name), permission: permissions[name] }];
  });
};

/** The schema itself or, for a reference, the schema that it names. */
export const resolved = (schema: JsonSchema, schemas: Schemas): JsonSchema => schemas[refName(schema) ?? ''] ?? schema;

export const objectSection = (name: string, schema: JsonSchema): Markup => html`<details class="object" id="${objectId(name)}">
<summary><h3>${name}</h3></summary>
<div class="inside">
${typeof schema['description'] === 'string' ? html`<p>${inlineMarkdown(schema['description'])}</p>` : NOTHING}
<p class="rules">${joined([typeOf(schema), ...rulesOf(schema)], ' · ')}</p>
${fieldList(propertiesOf(schema))}
</div>
</details>`;
