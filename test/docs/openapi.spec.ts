import { Validator } from '@seriousme/openapi-schema-validator';
import { Logger } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '@app/gateway/reference/openapi/document.js';
import { dtoSchema } from '@app/gateway/reference/openapi/dto-schema.js';
import type { OpenApiOperation } from '@app/gateway/reference/openapi/open-api-types.js';
import { type AnsweredCode, type DtoClass, HOST_ENDPOINTS, BACKEND_ENDPOINTS, ERROR_ANSWERS, type JsonSchema, readBody, readQuery } from '@app/http-api';
import { Refusal } from '@app/domain';
import { answerTo, refusalAnswer, VALIDATE_ANSWERS } from './captured-answers.js';
import { schemaProblems } from '@test/support/project/schema-check.js';

// The error filter is asked for every answer it has, and warns of some.
Logger.overrideLogger(false);

const document = openApiDocument({ version: '1.2.3', serverUrl: '/' });
const { schemas } = document.components;

interface Placed {
  readonly name: string;
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
}
const operations: readonly Placed[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: operation.operationId, path, method, operation })),
);

const problemsOf = (read: () => unknown): readonly string[] => {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof Refusal) return Object.keys(error.fields);
    throw error;
  }
};

const tables = [...BACKEND_ENDPOINTS, ...HOST_ENDPOINTS];
const dtos = new Map<string, DtoClass>(tables.flatMap(({ body, query }) => [body, query]).flatMap((dto) => (dto === null ? [] : [[dto.name, dto] as const])));

/** Status, content type and body of every example of an error. */
const errorsOf = ({ operation }: Placed): readonly (readonly [status: string, contentType: string, body: string])[] => {
  const responses = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
  return responses.flatMap(([status, { content }]) =>
    Object.entries(content ?? {}).flatMap(([type, { example, examples }]) =>
      [...(example === undefined ? [] : [example]), ...Object.values(examples ?? {}).map(({ value }) => value)].map(
        (value) => [status, type, typeof value === 'string' ? value : JSON.stringify(value)] as const,
      ),
    ),
  );
};

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator({ strict: false });
    expect(await validator.validate(structuredClone(document) as unknown as Record<string, unknown>)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('is the same every time', () => expect(JSON.stringify(openApiDocument({ version: '1.2.3', serverUrl: '/' }))).toBe(JSON.stringify(document)));

  it('has every endpoint of both tables once under its own id, and every other operation says whose twin it is', () => {
    const ids = operations.map(({ name }) => name);
    expect(new Set(ids).size).toBe(ids.length);
    const twins = operations.filter(({ operation }) => operation['x-same-as'] !== undefined);
    const known = tables.map(({ id }): string => id);
    expect(twins.map(({ operation }) => operation['x-same-as']).filter((id) => !known.includes(id ?? ''))).toEqual([]);
    expect(ids.filter((id) => !twins.some(({ name }) => name === id)).toSorted()).toEqual(known.toSorted());
  });

  it('has every method and path of both tables, and no other', () => {
    const inTables = [
      ...BACKEND_ENDPOINTS.flatMap(({ methods, paths }) => paths.flatMap((path) => methods.map((method) => `${method} ${path}`))),
      ...HOST_ENDPOINTS.map(({ methods: [method], paths: [path] }) => `${method} ${path}`),
    ];
    expect(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).toSorted()).toEqual(inTables.toSorted());
  });

  it('says of every call of the backend API which permission it needs', () => {
    for (const { id, permission, fieldPermissions } of BACKEND_ENDPOINTS) {
      const operation = operations.find(({ name }) => name === id)?.operation;
      expect(operation?.['x-required-permission']).toBe(permission);
      expect(operation?.['x-field-permissions'] ?? {}).toEqual(fieldPermissions);
      expect(operation?.description).toContain(permission);
    }
  });

  it('asks for the headers that the calls need', () => {
    const required = ({ operation }: Placed) => operation.parameters.filter((one) => one.in === 'header' && one.required).map(({ name }) => name);
    for (const placed of operations) {
      if (/^\/api\/v1\/(?:org|public)\//.test(placed.path)) expect([placed.name, required(placed)]).toEqual([placed.name, ['X-Org-Slug']]);
      else if (placed.path.startsWith('/api/fe/v3/')) expect([placed.name, required(placed)]).toEqual([placed.name, ['X-CSRF-Token']]);
      else expect([placed.name, required(placed)]).toEqual([placed.name, []]);
    }
  });

  it.each(operations.map((placed) => [placed.name, placed] as const))(
    '%s: every example satisfies its schema, and every field of it is described',
    (_name, { operation }) => {
      const media = [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) => Object.values(part?.content ?? {}));
      for (const { schema, example, examples } of media) {
        const values = [...(example === undefined ? [] : [example]), ...Object.values(examples ?? {}).map(({ value }) => value)];
        expect(values.length).toBeGreaterThan(0);
        for (const value of values) expect(schemaProblems(schema, value, schemas, true)).toEqual([]);
      }
      for (const { schema, example, required, name } of operation.parameters) {
        if (required) expect([name, example]).not.toEqual([name, undefined]);
        if (example !== undefined) expect([name, schemaProblems(schema, example)]).toEqual([name, []]);
      }
    },
  );

  it.each(tables.map((endpoint) => [endpoint.id, endpoint] as const))('%s takes the request of its example', (id, { body, query }) => {
    const operation = operations.find(({ name }) => name === id)?.operation;
    const example = operation?.requestBody?.content['application/json']?.example;
    if (operation?.requestBody !== undefined && body !== null) expect(problemsOf(() => readBody(body, example as Record<string, unknown>))).toEqual([]);
    const given = (operation?.parameters ?? [])
      .filter((one) => one.in === 'query' && one.example !== undefined)
      .map(({ name, example: value }) => [name, `${value as string | boolean}`]);
    if (query !== null && query !== body) expect(problemsOf(() => readQuery(query, Object.fromEntries(given) as Record<string, unknown>))).toEqual([]);
  });

  it.each(operations.map((placed) => [placed.name, placed] as const))('%s: shows no error that the code does not say', (_name, placed) => {
    const route = { method: placed.method.toUpperCase(), url: placed.path.replace(/\{(\w+)\}/g, ':$1') };
    const answered = [
      ...(Object.keys(ERROR_ANSWERS) as AnsweredCode[]).map((code) => refusalAnswer(code, route)),
      answerTo(new Error('broken'), route),
      answerTo(Object.assign(new Error('too large'), { statusCode: 413 }), route),
      ...(placed.name.startsWith('validate-') ? VALIDATE_ANSWERS.map(([, answer]) => answer) : []),
    ].map(({ status, contentType, body }) => `${status} ${contentType} ${body}`);
    const shown = errorsOf(placed)
      .filter(([status]) => status !== '400')
      .map((parts) => parts.join(' '));
    expect(shown.filter((line) => !answered.includes(line))).toEqual([]);
    expect(shown.length).toBeGreaterThan(1);
  });

  // That this is what is answered, the test above compares.
  it('says of every call of the organization API what it returns while organizations are disabled', () => {
    const ofOrganizations = operations.filter(({ operation }) => operation.tags.includes('Organization API'));
    expect(ofOrganizations.map(({ name }) => name).toSorted()).toEqual(
      HOST_ENDPOINTS.filter(({ api }) => api === 'organization')
        .map(({ id }) => id)
        .toSorted(),
    );
    const off = ['426', 'application/json', '{"status":"error","message":"Organizations are disabled in this environment."}'];
    for (const placed of ofOrganizations) expect([placed.name, errorsOf(placed).filter(([status]) => status === '426')]).toEqual([placed.name, [off]]);
  });

  it('shows what each API says of a wrong field', () => {
    const wrongFields = (prefix: string) =>
      operations
        .filter(({ path }) => path.startsWith(prefix))
        .flatMap(errorsOf)
        .filter(([status]) => status === '400')
        .map(([, , body]): unknown => JSON.parse(body));
    expect(wrongFields('/api/backend/v1/user/')).toContainEqual({ email: ['must be an email address of at most 254 characters'] });
    expect(wrongFields('/api/v1/org/')).toContainEqual({ status: 'error', message: 'name: must be text' });
    expect(wrongFields('/api/v1/public/')).toEqual([{ status: 'error', message: 'body: The request body must be a JSON object.' }]);
    const loginError = expect.objectContaining({
      error_code: 'invalid_request_fields',
      field_errors: { email: 'must not be empty' },
      user_facing_errors: { email: 'Email must not be empty.' },
      user_facing_error: 'Email must not be empty.',
    }) as unknown;
    expect(wrongFields('/api/fe/v3/login')).toContainEqual(loginError);
  });
});

// Values around every bound that a rule has. Of formats and of what only a description says, a schema takes more than the rule.
const TEXTS = [
  '',
  ' ',
  'a',
  'x\ny',
  '😀'.repeat(100),
  'é'.repeat(101),
  'x'.repeat(253),
  'x'.repeat(255),
  'x'.repeat(1_025),
  'x'.repeat(2_049),
  'x'.repeat(16_385),
  '12345678',
  'a.example.com',
  '-a.com',
  '0F6B2C1E-5A77-4C0D-9B1E-3D2F8A9C4E10',
  '00112233445566778899aabbccddeeff',
  'CREATED_AT_ASC',
  'NAME',
  'CreatedAtAsc',
  '2099-01-31',
  '2026-01-31T12:00:00Z',
];
const NUMBERS = [-1, 0, 1, 1.5, 10, 100, 101, 3_651, 43_200, 43_201, 1_000_000, 1_000_001, 2_147_483_647, 2_147_483_648, 253_402_300_799, 253_402_300_800];
const OTHERS = [true, false, {}, { a: 1 }, [], ['a'], [7], ['a\nb'], ['a.example.com'], ['x'.repeat(300)], Array.from({ length: 101 }, () => 'a.example.com')];
const PROBES: readonly unknown[] = [...TEXTS, ...NUMBERS, ...OTHERS];
const LOOSE = new Set(['email', 'date']);
const isLoose = ({ format, description }: JsonSchema): boolean => (typeof format === 'string' && LOOSE.has(format)) || description !== undefined;

describe('the schema of a body says what its rules say', () => {
  it.each([...dtos])('%s', (_name, dto) => {
    const { properties } = dtoSchema(dto);
    for (const [field, schema] of Object.entries(properties as Record<string, JsonSchema>)) {
      for (const probe of PROBES) {
        const taken = !problemsOf(() => readBody(dto, { [field]: probe })).includes(field);
        const fits = schemaProblems(schema, probe).length === 0;
        if (taken || !isLoose(schema)) expect([field, probe, fits]).toEqual([field, probe, taken]);
      }
      const nullIsAChoice = schemaProblems(schema, null).length === 0;
      expect([field, nullIsAChoice && problemsOf(() => readBody(dto, { [field]: null })).includes(field)]).toEqual([field, false]);
    }
  });

  it('names as required what cannot be left out', () => {
    for (const dto of dtos.values())
      expect([dto.name, new Set([dtoSchema(dto)['required'] ?? []].flat())]).toEqual([dto.name, new Set(problemsOf(() => readBody(dto, {})))]);
  });
});
