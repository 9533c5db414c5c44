import { type BackendEndpoint, type BackendEndpointId, type EndpointMethod, ERROR_ANSWERS } from '@app/http-api';
import { note, noteOn, type RefusalNote, sizeNotes } from './refusal-note.js';

const TAKEN = 'another user has it';
const NO_MEMBERSHIP = note(404, 'no such user or organization');
const ARCHIVED = note(404, 'archived keys too');
const TOO_MANY = noteOn(400, '`query`', 'more than 100 were asked for');
const PAST = noteOn(400, '`expires_at_seconds`', 'in the past');
const ISSUE: readonly RefusalNote[] = [
  noteOn(400, '`user_id`', 'no such user, blocked, not a member of the organization, or personal keys are disabled'),
  noteOn(400, '`org_id`', 'no such organization, or organization keys are disabled'),
  PAST,
];
const INVALID_KEY = [noteOn(400, '`api_key_token`', 'not valid, whatever the reason'), note(429, 'the owner is over its limit')] as const;

/** What a call refuses beside what the endpoints' table says and what every call refuses. */
export const BACKEND_REFUSALS: Readonly<Partial<Record<BackendEndpointId, readonly RefusalNote[]>>> = {
  'create-user': [noteOn(400, '`email` or `username`', TAKEN)],
  'fetch-user-by-email': [note(404, 'no user has this address')],
  'fetch-user-by-username': [note(404, 'no user has this name')],
  'batch-users-by-id': [TOO_MANY],
  'batch-users-by-email': [TOO_MANY],
  'batch-users-by-username': [TOO_MANY],
  'update-user': [noteOn(400, '`username`', TAKEN)],
  'update-email': [noteOn(400, '`new_email`', TAKEN)],
  'create-organization': [noteOn(400, '`name`', 'both slugs that can be made of it are in use')],
  'update-organization': [noteOn(400, '`max_users`', 'there are more members already')],
  'add-member': [
    NO_MEMBERSHIP,
    noteOn(400, '`role`, `additional_roles`', 'no such role'),
    noteOn(400, '`user_id`', 'a member already'),
    noteOn(400, '`org_id`', 'the organization is full'),
  ],
  'change-role': [NO_MEMBERSHIP, noteOn(400, '`role`', 'no such role, or the last owner would be gone'), noteOn(400, '`user_id`', 'no member')],
  'remove-member': [note(404, 'no such user or organization, or no member'), noteOn(400, '`user_id`', 'the last owner')],
  'create-api-key': [...ISSUE, note(409, 'repeated with the same `Idempotency-Key`; the token was shown in the first answer')],
  'import-api-key': [...ISSUE, noteOn(400, '`imported_api_key`', 'not 16 to 1024 bytes, or known already')],
  'update-api-key': [ARCHIVED, PAST, noteOn(400, '`set_to_never_expire`', 'together with `expires_at_seconds`')],
  'delete-api-key': [ARCHIVED],
  'validate-api-key': INVALID_KEY,
  'validate-imported-api-key': INVALID_KEY,
  'create-access-token': [
    note(403, 'no such user'),
    note(404, 'access tokens are disabled'),
    noteOn(400, '`user_id`', 'the user is blocked'),
    noteOn(400, '`active_org_id`', 'no member of it'),
  ],
  'token-verification-metadata': [note(404, 'the `X-Propelauth-url` header names another host than the auth URL of the environment')],
  'refresh-session-by-backend': [noteOn(400, '`refresh_token`', 'the session is over'), noteOn(400, '`active_org_id`', 'the user is not a member of it')],
};

const accessNotes = ({ permission, deniedStatus, fieldPermissions }: BackendEndpoint): readonly RefusalNote[] => [
  note(401, ERROR_ANSWERS.UNAUTHORIZED.meaning),
  note(
    deniedStatus,
    `The backend key lacks the permission "${permission}"${Object.keys(fieldPermissions).length === 0 ? '' : ', or that of a field it gives'}.`,
  ),
];

const fieldNotes = ({ body, query, idempotent }: BackendEndpoint): readonly RefusalNote[] => [
  ...(body === null && query === null ? [] : [note(400, ERROR_ANSWERS.INVALID_FIELDS.meaning)]),
  ...(idempotent ? [noteOn(400, '`idempotency_key`', 'it came with another body before, or is not 1 to 255 printable ASCII characters')] : []),
];

const placeNotes = ({ paths, needsOrganizations, id }: BackendEndpoint): readonly RefusalNote[] => [
  ...(paths.some((path) => path.includes('{')) ? [note(404, id === 'query-users-in-org' ? 'The id is malformed.' : 'Nothing has this id.')] : []),
  ...(needsOrganizations ? [note(426, ERROR_ANSWERS.ORGANIZATIONS_DISABLED.meaning)] : []),
];

/** Every way in which a call of the backend API can fail. */
export const backendRefusals = (endpoint: BackendEndpoint, method: EndpointMethod): readonly RefusalNote[] => [
  ...fieldNotes(endpoint),
  ...accessNotes(endpoint),
  ...placeNotes(endpoint),
  ...(BACKEND_REFUSALS[endpoint.id] ?? []),
  ...sizeNotes(method),
  // The two validate calls have no platform limit.
  ...(endpoint.servedBy === 'gateway' ? [note(429, "The backend key is over the platform's limit.")] : []),
  note(500, 'A fault of the server.'),
  note(503, ERROR_ANSWERS.UNAVAILABLE.meaning),
];
