import { BACKEND_REFUSALS } from '@app/gateway/reference/openapi/backend-refusals.js';
import type { RefusalNote } from '@app/gateway/reference/openapi/refusal-note.js';
import { ALL_PERMISSIONS, type BackendEndpoint, BACKEND_ENDPOINTS, permits } from '@app/http-api';
import type { BackendKeyKind } from '@app/domain';
import { ANSWER_EXAMPLES } from './answer-examples.js';
import { type DocumentedField, documentedFields } from './field-rules.js';
import { code, codes, generatedNote, json, page, table } from './markdown.js';

const GROUPS: readonly (readonly [title: string, prefix: string])[] = [
  ['Users', '/api/backend/v1/user'],
  ['Organizations', '/api/backend/v1/org'],
  ['API keys', '/api/backend/v1/end_user_api_keys'],
  ['Access tokens', '/api/'],
];

const refusalLine = ({ status, on, meaning }: RefusalNote): string => `${status}${on === undefined ? '' : ` on ${on}`}: ${meaning}`;

const hasFields = ({ body, query }: BackendEndpoint): boolean => body !== null || query !== null;

const refusalsOf = (endpoint: BackendEndpoint): string => {
  const lines = [
    ...(hasFields(endpoint) ? ['400: A field of the request breaks a rule.'] : []),
    ...(endpoint.idempotent ? ['400 on `idempotency_key`: The key was already used with another body, or is not 1 to 255 printable ASCII characters.'] : []),
    ...(endpoint.deniedStatus === 401 ? ['401 instead of 403: The backend key lacks the permission.'] : []),
    ...(endpoint.paths.some((path) => path.includes('{')) && endpoint.id !== 'query-users-in-org' ? ['404: No resource has this id.'] : []),
    ...(endpoint.needsOrganizations ? ['426: Organizations are disabled in this environment.'] : []),
    ...(BACKEND_REFUSALS[endpoint.id] ?? []).map(refusalLine),
  ];
  return lines.length === 0 ? 'Only what every call refuses.' : lines.map((line) => `- ${line}`).join('\n');
};

const fieldTable = (fields: readonly DocumentedField[]): string =>
  table(
    ['Field', '', 'Rule', 'When left out'],
    fields.map(({ name, required, rules, fallback }) => [
      code(name),
      required ? 'required' : 'optional',
      rules,
      fallback === '' ? '' : code(fallback).replace('`not set`', 'not set'),
    ]),
  );

const fieldsOf = ({ body, query }: BackendEndpoint): readonly string[] => {
  if (body !== null && body === query) return ['Fields, in the JSON body of a `POST` or the query of a `GET`:', fieldTable(documentedFields(body))];
  return [
    ...(query === null ? [] : ['Query:', fieldTable(documentedFields(query))]),
    ...(body === null ? [] : ['JSON body:', fieldTable(documentedFields(body))]),
  ];
};

const permissionOf = ({ permission, fieldPermissions }: BackendEndpoint): string => {
  const byField = Object.entries(fieldPermissions).map(([field, needed]) => `${code(field)} needs ${needed} too`);
  return `Permission: **${permission}**.${byField.length === 0 ? '' : ` Of the fields, ${byField.join(', ')}.`}`;
};

const section = (endpoint: BackendEndpoint): string =>
  [
    `### ${endpoint.id}`,
    endpoint.paths.flatMap((path) => endpoint.methods.map((method) => code(`${method} ${path}`))).join(' or '),
    [endpoint.description, ...(endpoint.idempotent ? ['Accepts an `Idempotency-Key`.'] : [])].join(' '),
    permissionOf(endpoint),
    ...fieldsOf(endpoint),
    'Answer:',
    json(ANSWER_EXAMPLES[endpoint.id], ` answer=${endpoint.id}`),
    'Refusals:',
    refusalsOf(endpoint),
  ].join('\n\n');

const groupOf = ({ paths: [path] }: BackendEndpoint): string => GROUPS.find(([, prefix]) => path.startsWith(prefix))?.[0] ?? '';

const KINDS: readonly BackendKeyKind[] = ['full-access', 'read-and-validate', 'validation-only'];
const permissionTable = (): string =>
  table(
    ['Permission', ...KINDS.map(code), 'Calls'],
    ALL_PERMISSIONS.map((permission) => [
      permission,
      ...KINDS.map((accessKind) => (permits({ accessKind, permissions: [] }, permission) ? 'yes' : '–')),
      codes(
        BACKEND_ENDPOINTS.filter((endpoint) => endpoint.permission === permission || Object.values(endpoint.fieldPermissions).includes(permission)).map(
          ({ id }) => id,
        ),
      ) || 'none yet',
    ]),
  );

const INTRO = `Every call of the backend API. The wire format is that of PropelAuth, so that its clients work unchanged ([how](clients.md)).

- The backend key stands in \`Authorization: Bearer <backend key>\`. It decides the environment; nothing else in the request does.
- Bodies are JSON in UTF-8, at most 64 KiB. The content type does not matter. No body counts as \`{}\`.
- \`null\` means "not given" in every field. Unknown fields are ignored.
- A slash at the end of a path may be there or not. Ids in paths may be in either case; a malformed one is a 404.
- Times are Unix seconds. Text may not hold control characters. JSON objects may have 16 KiB and 32 levels.
- Success is always 200 with JSON. A call that has nothing to say answers \`{}\`.
- Every answer has an \`X-Request-Id\`; yours is kept where it is 1 to 64 letters, digits, dots, hyphens or underscores.
- An \`Idempotency-Key\` makes a creation repeatable: the same key and body return the first body again. It counts per environment, backend key and call.
- Every call refuses with 401 (no backend key, an unknown or a revoked one), 403 (the permission is missing), 413 (body over 64 KiB) and 503
  (undecided). All but the two validate calls refuse with 429 over the platform's limit. [Errors](errors.md) has their bodies.`;

const SERVING = `The two validate calls are answered beside the web framework and have no platform limit; the rest is under \`PLATFORM_LIMIT_PER_MINUTE\`.`;

export const apiReferencePage = (): string =>
  page(
    generatedNote("the endpoints' table in libs/http-api"),
    '# API reference',
    INTRO,
    SERVING,
    '## Permissions of backend keys',
    'The fourth kind, `custom`, has the permissions it was made with. Labels are what `backend-keys create --permissions` takes.',
    permissionTable(),
    ...GROUPS.flatMap(([title]) => [`## ${title}`, ...BACKEND_ENDPOINTS.filter((endpoint) => groupOf(endpoint) === title).map(section)]),
  );
