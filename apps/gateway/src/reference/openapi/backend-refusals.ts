import { type BackendEndpoint, type BackendEndpointId, type EndpointMethod, ERROR_ANSWERS, WIRE_SENTENCES } from '@app/http-api';
import { note, noteOn, type RefusalNote, sizeNotes } from './refusal-note.js';

const TAKEN = 'Another user already has it.';
const NO_MEMBERSHIP = note(404, 'The user or the organization does not exist.');
const ARCHIVED = note(404, 'The key is archived.');
const TOO_MANY = noteOn(400, '`query`', 'The request asks for more than 100 users.');
const PAST = noteOn(400, '`expires_at_seconds`', 'The time is in the past.');
const ISSUE: readonly RefusalNote[] = [
  noteOn(400, '`user_id`', 'The user does not exist, is blocked or is not a member of the organization, or personal keys are disabled.'),
  noteOn(400, '`org_id`', 'The organization does not exist, or organization keys are disabled.'),
  PAST,
];
const INVALID_KEY = [
  noteOn(400, '`api_key_token`', 'The key is not valid, for whatever reason.'),
  note(429, 'The owner of the key is over its limit.'),
] as const;

/** What a call refuses in addition to what every call refuses and what its row in the table of endpoints implies. */
export const BACKEND_REFUSALS: Readonly<Partial<Record<BackendEndpointId, readonly RefusalNote[]>>> = {
  'create-user': [noteOn(400, '`email` or `username`', TAKEN)],
  'fetch-user-by-email': [note(404, 'No user has this email address.')],
  'fetch-user-by-username': [note(404, 'No user has this username.')],
  'batch-users-by-id': [TOO_MANY],
  'batch-users-by-email': [TOO_MANY],
  'batch-users-by-username': [TOO_MANY],
  'update-user': [noteOn(400, '`username`', TAKEN)],
  'update-email': [noteOn(400, '`new_email`', TAKEN)],
  'create-organization': [noteOn(400, '`name`', 'Both slugs that can be derived from it are already in use.')],
  'update-organization': [noteOn(400, '`max_users`', 'The organization already has more members.')],
  'add-member': [
    NO_MEMBERSHIP,
    noteOn(400, '`role`, `additional_roles`', 'The role does not exist.'),
    noteOn(400, '`user_id`', 'The user is already a member.'),
    noteOn(400, '`org_id`', 'The organization is full.'),
  ],
  'change-role': [
    NO_MEMBERSHIP,
    noteOn(400, '`role`', 'The role does not exist, or the organization would lose its last owner.'),
    noteOn(400, '`user_id`', WIRE_SENTENCES.notAMember),
  ],
  'remove-member': [
    note(404, 'The user or the organization does not exist, or the user is not a member of it.'),
    noteOn(400, '`user_id`', 'The user is the last owner.'),
  ],
  'create-api-key': [...ISSUE, note(409, ERROR_ANSWERS.TOKEN_SHOWN_ONCE.meaning)],
  'import-api-key': [...ISSUE, noteOn(400, '`imported_api_key`', 'The key is not 16 to 1024 bytes long, or it already exists.')],
  'update-api-key': [ARCHIVED, PAST, noteOn(400, '`set_to_never_expire`', 'The request has `expires_at_seconds` as well.')],
  'delete-api-key': [ARCHIVED],
  'validate-api-key': INVALID_KEY,
  'validate-imported-api-key': INVALID_KEY,
  'create-access-token': [
    note(403, ERROR_ANSWERS.USER_NOT_FOUND.meaning),
    note(404, ERROR_ANSWERS.ACCESS_TOKENS_DISABLED.meaning),
    noteOn(400, '`user_id`', 'The user is blocked.'),
    noteOn(400, '`active_org_id`', WIRE_SENTENCES.notAMember),
  ],
  'token-verification-metadata': [note(404, 'The header `X-Propelauth-url` names a different host than the auth URL of the environment.')],
  'refresh-session-by-backend': [noteOn(400, '`refresh_token`', 'The session has ended.'), noteOn(400, '`active_org_id`', WIRE_SENTENCES.notAMember)],
};

const accessNotes = ({ permission, deniedStatus, fieldPermissions }: BackendEndpoint): readonly RefusalNote[] => [
  note(401, ERROR_ANSWERS.UNAUTHORIZED.meaning),
  note(
    deniedStatus,
    `The backend key lacks the permission "${permission}"${Object.keys(fieldPermissions).length === 0 ? '' : ' or the permission for a field in the request'}.`,
  ),
];

const fieldNotes = ({ body, query, idempotent }: BackendEndpoint): readonly RefusalNote[] => [
  ...(body === null && query === null ? [] : [note(400, ERROR_ANSWERS.INVALID_FIELDS.meaning)]),
  ...(idempotent ? [noteOn(400, '`idempotency_key`', 'The key was already used with another body, or is not 1 to 255 printable ASCII characters.')] : []),
];

const placeNotes = ({ paths, needsOrganizations, id }: BackendEndpoint): readonly RefusalNote[] => [
  ...(paths.some((path) => path.includes('{')) ? [note(404, id === 'query-users-in-org' ? 'The id is malformed.' : 'No resource has this id.')] : []),
  ...(needsOrganizations ? [note(426, ERROR_ANSWERS.ORGANIZATIONS_DISABLED.meaning)] : []),
];

/** Every reason why a call of the backend API fails. */
export const backendRefusals = (endpoint: BackendEndpoint, method: EndpointMethod): readonly RefusalNote[] => [
  ...fieldNotes(endpoint),
  ...accessNotes(endpoint),
  ...placeNotes(endpoint),
  ...(BACKEND_REFUSALS[endpoint.id] ?? []),
  ...sizeNotes(method),
  // The two validate calls have no platform limit.
  ...(endpoint.servedBy === 'gateway' ? [note(429, 'The backend key is over the platform limit.')] : []),
  note(500, 'Internal server error.'),
  note(503, ERROR_ANSWERS.UNAVAILABLE.meaning),
];
