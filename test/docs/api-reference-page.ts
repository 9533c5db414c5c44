import { ALL_PERMISSIONS, type Endpoint, ENDPOINTS, type EndpointId, permits } from '@app/contracts';
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

/** What a call refuses beside what every call refuses; the rest follows from the endpoints' table. */
const REFUSALS: Readonly<Partial<Record<EndpointId, readonly string[]>>> = {
  'create-user': ['400 on `email` or `username`: another user has it'],
  'fetch-user-by-email': ['404: nobody has this address'],
  'fetch-user-by-username': ['404: nobody has this name'],
  'batch-users-by-id': ['400 on `query`: more than 100 were asked for'],
  'batch-users-by-email': ['400 on `query`: more than 100 were asked for'],
  'batch-users-by-username': ['400 on `query`: more than 100 were asked for'],
  'update-user': ['400 on `username`: another user has it'],
  'update-email': ['400 on `new_email`: another user has it'],
  'create-organization': ['400 on `name`: both slugs that can be made of it are taken'],
  'update-organization': ['400 on `max_users`: there are more members already'],
  'add-member': ['404: no such user or organization', '400 on `role`, `additional_roles`: no such role', '400 on `user_id`: a member already', '400 on `org_id`: the organization is full'],
  'change-role': ['404: no such user or organization', '400 on `role`: no such role, or the last owner would be gone', '400 on `user_id`: no member'],
  'remove-member': ['404: no such user or organization, or no member', '400 on `user_id`: the last owner'],
  'create-api-key': [
    '400 on `user_id`: no such user, blocked, no member of the organization, or personal keys are switched off',
    '400 on `org_id`: no such organization, or organization keys are switched off', '400 on `expires_at_seconds`: in the past',
    '409: repeated with the same `Idempotency-Key`; the token was shown in the first answer',
  ],
  'import-api-key': ['as for creating a key', '400 on `imported_api_key`: not 16 to 1024 bytes, or known already'],
  'update-api-key': ['404: archived keys too', '400 on `expires_at_seconds`: in the past', '400 on `set_to_never_expire`: together with `expires_at_seconds`'],
  'delete-api-key': ['404: archived keys too'],
  'validate-api-key': ['400 on `api_key_token`: not valid, whatever the reason', '429: the owner is over its limit ([the two kinds of 429](errors.md))'],
  'validate-imported-api-key': ['400 on `api_key_token`: not valid, whatever the reason', '429: the owner is over its limit ([the two kinds of 429](errors.md))'],
  'create-access-token': [
    '403: no such user', '404: access tokens are switched off', '400 on `user_id`: the user is blocked', '400 on `active_org_id`: no member of it',
  ],
  'token-verification-metadata': ['404: the `X-Propelauth-url` header names another host than the auth URL of the environment'],
};

/** What is taken so that clients work, and does nothing yet. */
const WITHOUT_EFFECT: Readonly<Partial<Record<EndpointId, string>>> = {
  'create-user': '`send_email_to_confirm_email_address` and `ignore_domain_restrictions` are taken and have no effect: no mail is sent, and domains are not checked.',
  'create-organization': 'The two domain flags are stored and shown; nothing is checked by them yet.',
  'update-organization': 'What is about domains, SAML, two factors and password rotation is stored; nothing is enforced by it yet.',
  'logout-all-sessions': 'There are no sessions yet; the call is recorded.',
};

const hasFields = ({ body, query }: Endpoint): boolean => body !== null || query !== null;

const refusalsOf = (endpoint: Endpoint): string => {
  const lines = [
    ...(hasFields(endpoint) ? ['400: a field breaks a rule'] : []),
    ...(endpoint.idempotent ? ['400 on `idempotency_key`: it came with another body before, or is not 1 to 255 printable ASCII characters'] : []),
    ...(endpoint.deniedStatus === 401 ? ['401 instead of 403: the backend key lacks the permission'] : []),
    ...(endpoint.paths.some((path) => path.includes('{')) && endpoint.id !== 'query-users-in-org' ? ['404: nothing has this id'] : []),
    ...(endpoint.needsOrganizations ? ['426: organizations are switched off'] : []),
    ...(REFUSALS[endpoint.id] ?? []),
  ];
  return lines.length === 0 ? 'Only what every call refuses.' : lines.map((line) => `- ${line}`).join('\n');
};

const fieldTable = (fields: readonly DocumentedField[]): string =>
  table(['Field', '', 'Rule', 'When left out'], fields.map(({ name, required, rules, fallback }) =>
    [code(name), required ? 'required' : 'optional', rules, fallback === '' ? '' : code(fallback).replace('`not set`', 'not set')]));

const fieldsOf = ({ body, query }: Endpoint): readonly string[] => {
  if (body !== null && body === query) return ['Fields, in the JSON body of a `POST` or the query of a `GET`:', fieldTable(documentedFields(body))];
  return [
    ...(query === null ? [] : ['Query:', fieldTable(documentedFields(query))]),
    ...(body === null ? [] : ['JSON body:', fieldTable(documentedFields(body))]),
  ];
};

const permissionOf = ({ permission, fieldPermissions }: Endpoint): string => {
  const byField = Object.entries(fieldPermissions).map(([field, needed]) => `${code(field)} needs ${needed} too`);
  return `Permission: **${permission}**.${byField.length === 0 ? '' : ` Of the fields, ${byField.join(', ')}.`}`;
};

const section = (endpoint: Endpoint): string => [
  `### ${endpoint.id}`,
  endpoint.paths.flatMap((path) => endpoint.methods.map((method) => code(`${method} ${path}`))).join(' or '),
  [endpoint.summary, ...(endpoint.idempotent ? ['Takes an `Idempotency-Key`.'] : []), ...[WITHOUT_EFFECT[endpoint.id] ?? []].flat()].join(' '),
  permissionOf(endpoint),
  ...fieldsOf(endpoint),
  'Answer:',
  json(ANSWER_EXAMPLES[endpoint.id], ` answer=${endpoint.id}`),
  'Refusals:',
  refusalsOf(endpoint),
].join('\n\n');

const groupOf = ({ paths: [path = ''] }: Endpoint): string => GROUPS.find(([, prefix]) => path.startsWith(prefix))?.[0] ?? '';

const KINDS: readonly BackendKeyKind[] = ['full-access', 'read-and-validate', 'validation-only'];
const permissionTable = (): string =>
  table(['Permission', ...KINDS.map(code), 'Calls'], ALL_PERMISSIONS.map((permission) => [
    permission,
    ...KINDS.map((accessKind) => (permits({ accessKind, permissions: [] }, permission) ? 'yes' : '–')),
    codes(ENDPOINTS.filter((endpoint) => endpoint.permission === permission || Object.values(endpoint.fieldPermissions).includes(permission)).map(({ id }) => id)) || 'none yet',
  ]));

const INTRO = `Every call of the backend API. The wire format is that of PropelAuth, so that its clients work unchanged ([how](clients.md)).

- The backend key stands in \`Authorization: Bearer <backend key>\`. It decides the environment; nothing else in the request does.
- Bodies are JSON in UTF-8, at most 64 KiB. The content type does not matter. No body counts as \`{}\`.
- \`null\` means "not given" in every field. Unknown fields are ignored.
- A slash at the end of a path may be there or not. Ids in paths may be in either case; a malformed one is a 404.
- Times are Unix seconds. Text may not hold control characters. JSON objects may have 16 KiB and 32 levels.
- Success is always 200 with JSON. A call that has nothing to say answers \`{}\`.
- Every answer has an \`X-Request-Id\`; yours is kept where it is 1 to 64 letters, digits, dots, hyphens or underscores.
- An \`Idempotency-Key\` makes a creation repeatable: the same key and body again answers the first body. It counts per environment, backend key and call.
- Every call refuses with 401 (no backend key, an unknown or a revoked one), 403 (the permission is missing), 413 (body over 64 KiB) and 503
  (undecided). All but the two validate calls refuse with 429 over the platform's limit. [Errors](errors.md) has their bodies.`;

const SERVING = `The two validate calls are answered beside the web framework and have no platform limit; the rest is under \`PLATFORM_LIMIT_PER_MINUTE\`.`;

export const apiReferencePage = (): string => page(
  generatedNote('the endpoints\' table in libs/contracts'),
  '# API reference',
  INTRO,
  SERVING,
  '## Permissions of backend keys',
  'The fourth kind, `custom`, has the permissions it was made with. Labels are what `backend-keys create --permissions` takes.',
  permissionTable(),
  ...GROUPS.flatMap(([title]) => [`## ${title}`, ...ENDPOINTS.filter((endpoint) => groupOf(endpoint) === title).map(section)]),
);
