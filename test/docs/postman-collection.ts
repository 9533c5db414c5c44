import type { OpenApiDocument, OpenApiOperation, OpenApiParameter } from '@app/gateway/reference/openapi/open-api-types.js';
import { isObject } from '@test/support/clients/backend-api.js';
import { type Folder, FOLDERS, GIVEN_VARIABLES, type Step, VARIABLES } from './postman-run-sheet.js';

interface Pair {
  readonly key: string;
  readonly value: string;
}
interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenApiOperation;
}
type Auth = Readonly<Record<string, unknown>>;

const placeholder = (variable: string): string => `{{${variable}}}`;

/** The examples with variables in the place of what stands for the reader's own. */
const withVariables = (value: unknown): unknown => {
  const variable = VARIABLES.get(value);
  if (variable !== undefined) return placeholder(variable);
  if (Array.isArray(value)) return value.map(withVariables);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withVariables(part)])) : value;
};
const textOf = (value: unknown): string => {
  const text = withVariables(value);
  return typeof text === 'string' ? text : JSON.stringify(text);
};

const given = ({ parameters }: OpenApiOperation, place: OpenApiParameter['in']): readonly Pair[] =>
  parameters.filter((one) => one.in === place && one.example !== undefined).map(({ name, example }) => ({ key: name, value: textOf(example) }));

const urlOf = ({ path, operation }: Placed) => {
  const ids = new Map(given(operation, 'path').map(({ key, value }) => [key, value]));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids.get(name) ?? '');
  const query = given(operation, 'query');
  const text = query.length === 0 ? '' : `?${query.map(({ key, value }) => `${key}=${value}`).join('&')}`;
  return { raw: `{{baseUrl}}${filled}${text}`, host: ['{{baseUrl}}'], path: filled.slice(1).split('/'), ...(query.length === 0 ? {} : { query }) };
};

const bearer = (variable: string): Auth => ({ type: 'bearer', bearer: [{ key: 'token', value: placeholder(variable), type: 'string' }] });
const NO_AUTH: Auth = { type: 'noauth' };
const ORGANIZATION_KEY: Auth = {
  type: 'apikey',
  apikey: [
    { key: 'key', value: 'X-API-Key', type: 'string' },
    { key: 'value', value: '{{organizationKey}}', type: 'string' },
    { key: 'in', value: 'header', type: 'string' },
  ],
};
// Sent as a header of its own: the cookie is Secure, so that a client keeps it from an address without TLS.
const REFRESH_COOKIE: Pair = { key: 'Cookie', value: 'refresh_token={{refreshToken}}' };

const wayIn = ({ security }: OpenApiOperation): { readonly auth: Auth; readonly headers: readonly Pair[] } => {
  const scheme = security.flatMap((option) => Object.keys(option))[0];
  switch (scheme) {
    case 'backendKey':
      return { auth: bearer('backendKey'), headers: [] };
    case 'accessToken':
      return { auth: bearer('accessToken'), headers: [] };
    case 'organizationKey':
      return { auth: ORGANIZATION_KEY, headers: [] };
    case 'refreshTokenCookie':
      return { auth: NO_AUTH, headers: [REFRESH_COOKIE] };
    case undefined:
      return { auth: NO_AUTH, headers: [] };
    default:
      throw new Error(`There is no way in by ${scheme}.`);
  }
};

const bodyOf = ({ requestBody }: OpenApiOperation) => {
  const example = requestBody?.content['application/json']?.example;
  if (example === undefined) return {};
  return { body: { mode: 'raw', raw: JSON.stringify(withVariables(example), null, 2), options: { raw: { language: 'json' } } } };
};

const COOKIE =
  "const cookie = (name) => pm.response.headers.filter(({ key, value }) => key.toLowerCase() === 'set-cookie' && value.startsWith(`${name}=`)).map(({ value }) => value.slice(name.length + 1).split(';')[0])[0];";

const captureLines = ({ captures = {} }: Step): readonly string[] => {
  const entries = Object.entries(captures);
  if (entries.length === 0) return [];
  const cookies = entries.some(([, from]) => 'cookie' in from) ? [COOKIE] : [];
  const sources = entries.map(
    ([variable, from]) => `pm.collectionVariables.set('${variable}', ${'cookie' in from ? `cookie('${from.cookie}')` : `pm.response.json().${from.field}`});`,
  );
  return [...cookies, ...sources];
};

const testLines = (step: Step, { responses }: OpenApiOperation): readonly string[] => {
  const success = Object.keys(responses).find((status) => Number(status) < 300) ?? '200';
  const lines = [...captureLines(step), ...(step.after ?? [])].map((line) => `  ${line}`);
  const check =
    step.orElse === undefined
      ? [`pm.test('answers ${success}', () => pm.response.to.have.status(${success}));`]
      : [
          `// ${step.orElse.status} where ${step.orElse.when}.`,
          `pm.test('answers ${success} or ${step.orElse.status}', () => pm.expect(pm.response.code).to.be.oneOf([${success}, ${step.orElse.status}]));`,
        ];
  return lines.length === 0 ? check : [...check, `if (pm.response.code === ${success}) {`, ...lines, '}'];
};

const script = (listen: 'prerequest' | 'test', exec: readonly string[]) => ({ listen, script: { type: 'text/javascript', exec } });

const itemOf = (step: Step, operations: ReadonlyMap<string, Placed>) => {
  const placed = operations.get(step.operationId);
  if (placed === undefined) throw new Error(`The document has no operation ${step.operationId}.`);
  const { auth, headers } = wayIn(placed.operation);
  const body = bodyOf(placed.operation);
  const header = [...('body' in body ? [{ key: 'Content-Type', value: 'application/json' }] : []), ...given(placed.operation, 'header'), ...headers];
  const { summary, description } = placed.operation;
  return {
    name: step.operationId,
    event: [...(step.before === undefined ? [] : [script('prerequest', step.before)]), script('test', testLines(step, placed.operation))],
    request: {
      auth,
      method: placed.method,
      header,
      ...body,
      url: urlOf(placed),
      description: description === undefined ? summary : `${summary}\n\n${description}`,
    },
    response: [],
  };
};

const operationsOf = ({ paths }: OpenApiDocument): ReadonlyMap<string, Placed> =>
  new Map(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => [operation.operationId, { method: method.toUpperCase(), path, operation }] as const),
    ),
  );

const captured = (folders: readonly Folder[]): readonly string[] =>
  folders.flatMap(({ steps }) => steps.flatMap(({ captures }) => Object.keys(captures ?? {})));

/** A Postman collection (format 2.1) with every operation of the document, in the order of the run sheet. */
export const postmanCollection = (document: OpenApiDocument) => {
  const operations = operationsOf(document);
  const left = [...operations.keys()].filter((id) => !FOLDERS.some(({ steps }) => steps.some(({ operationId }) => operationId === id)));
  if (left.length > 0) throw new Error(`The run sheet leaves out ${left.join(', ')}.`);
  const filled = [...new Set([...VARIABLES.values(), ...captured(FOLDERS)])].filter((name) => !Object.hasOwn(GIVEN_VARIABLES, name));
  return {
    info: {
      name: 'Keyfence',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
      description:
        'Every call of Keyfence. Set `baseUrl` and `backendKey` (a full-access key), then run the collection from top to bottom: each request fills the variables of the later ones.',
    },
    item: FOLDERS.map(({ name, description, steps }) => ({ name, description, item: steps.map((step) => itemOf(step, operations)) })),
    variable: [...Object.entries(GIVEN_VARIABLES).map(([key, value]) => ({ key, value })), ...filled.map((key) => ({ key, value: '' }))],
  };
};
