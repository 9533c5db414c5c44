import { type HostApi, type HostEndpoint, type HostEndpointId, ERROR_ANSWERS } from '@app/http-api';
import { HEAD_TOO_LARGE, note, noteOn, type RefusalNote, sizeNotes } from './refusal-note.js';

const fe = (status: number, errorCode: string, meaning: string): RefusalNote => ({ status, errorCode, meaning });

const FOREIGN_PAGE = 'The environment does not allow the origin of the page.';
const NO_HOST = ERROR_ANSWERS.UNKNOWN_HOST.meaning;
const NO_SESSION = ERROR_ANSWERS.SESSION_OVER.meaning;

// Organization API.
const NOT_ADMIN = note(403, 'The user may not manage the API keys of the organization.');
const NO_ORGANIZATION = note(404, 'No organization has the slug in X-Org-Slug, or the user is not a member of it.');

// Frontend API.
const NO_PERMISSION = fe(403, 'action_forbidden', 'The user may not manage this key, or may not have keys of this kind.');
const NO_KEY = fe(404, 'not_found', 'The user has no active key with this id.');
const KIND_OFF = fe(403, 'action_disabled', ERROR_ANSWERS.KEY_KIND_DISABLED.meaning);
const LOGIN_OFF = fe(403, 'action_disabled', ERROR_ANSWERS.ACTION_DISABLED.meaning);

/** What a call refuses in addition to what all calls of its API refuse. The type requires every call. */
const REFUSALS: Readonly<Record<HostEndpointId, readonly RefusalNote[]>> = {
  'create-organization-key': [
    NOT_ADMIN,
    note(403, 'Organization keys are disabled in this environment.'),
    noteOn(400, '`expiresAt`', 'The time is in the past.'),
  ],
  'list-organization-keys': [NOT_ADMIN],
  'revoke-organization-key': [NOT_ADMIN, note(404, 'The organization has no active key with this id.')],
  'verify-user-token': [note(400, 'The body is not a JSON object. An invalid token is not an error.')],
  'fetch-member': [note(404, 'The organization has no member with this id.')],
  'fetch-own-organization': [],

  'log-in': [
    fe(401, 'user_not_found', ERROR_ANSWERS.WRONG_CREDENTIALS.meaning),
    fe(403, 'account_disabled', ERROR_ANSWERS.ACCOUNT_DISABLED.meaning),
    fe(403, 'account_locked', ERROR_ANSWERS.ACCOUNT_LOCKED.meaning),
    LOGIN_OFF,
  ],
  'sign-up': [LOGIN_OFF],
  'fetch-login-state': [],
  'create-own-api-key': [fe(400, 'bad_request', ERROR_ANSWERS.INVALID_OPTION.meaning), NO_PERMISSION],
  'rename-own-api-key': [NO_PERMISSION, NO_KEY],
  'delete-own-api-key': [NO_PERMISSION, NO_KEY],
  'list-personal-api-keys': [KIND_OFF],
  'list-org-api-keys': [KIND_OFF, NO_PERMISSION, fe(404, 'org_not_found', ERROR_ANSWERS.ORG_NOT_FOUND.meaning)],

  'refresh-session': [noteOn(401, '`active_org_id`', ERROR_ANSWERS.NOT_A_MEMBER.meaning)],
  'log-out': [],
  'log-out-everywhere': [],
  'fetch-signing-keys': [],
};

const hasFields = ({ body, query }: HostEndpoint): boolean => body !== null || query !== null;
const isPublic = ({ paths: [path] }: HostEndpoint): boolean => path.startsWith('/api/v1/public/');

const organizationNotes = (endpoint: HostEndpoint): readonly RefusalNote[] => [
  ...(hasFields(endpoint) && endpoint.id !== 'verify-user-token'
    ? [note(400, 'A field of the request breaks a rule. The message names the field and the rule.')]
    : []),
  ...(isPublic(endpoint)
    ? [
        note(401, 'X-API-Key is missing, or is not a key of the organization that X-Org-Slug names. The message is always the same.'),
        note(404, NO_HOST),
        note(429, 'The key has made 300 requests in 15 minutes.'),
      ]
    : [note(401, NO_SESSION), note(403, FOREIGN_PAGE), NO_ORGANIZATION, note(404, NO_HOST)]),
  note(426, ERROR_ANSWERS.ORGANIZATIONS_DISABLED.meaning),
];

const frontendNotes = (endpoint: HostEndpoint): readonly RefusalNote[] => [
  ...(hasFields(endpoint) ? [fe(400, 'invalid_request_fields', 'A field of the request breaks a rule. `field_errors` names the field and the rule.')] : []),
  ...(endpoint.credential === 'session'
    ? [fe(401, 'not_logged_in', NO_SESSION), fe(403, 'email_not_confirmed', ERROR_ANSWERS.EMAIL_NOT_CONFIRMED.meaning)]
    : []),
  note(403, ERROR_ANSWERS.FOREIGN_REQUEST.meaning),
  note(404, NO_HOST),
];

const sessionNotes = (endpoint: HostEndpoint): readonly RefusalNote[] => [
  // A caller without a session is logged out already.
  ...(endpoint.credential === 'none' || endpoint.id === 'log-out' ? [] : [note(401, NO_SESSION)]),
  ...(endpoint.hasPublicCors ? [] : [note(403, FOREIGN_PAGE)]),
  note(404, NO_HOST),
];

const NOTES: Readonly<Record<HostApi, (endpoint: HostEndpoint) => readonly RefusalNote[]>> = {
  organization: organizationNotes,
  frontend: frontendNotes,
  session: sessionNotes,
};

const COMMON: readonly RefusalNote[] = [
  note(429, ERROR_ANSWERS.RATE_LIMITED.meaning),
  note(500, 'Internal server error.'),
  note(503, ERROR_ANSWERS.UNAVAILABLE.meaning),
];

// Only the frontend API has error codes. A refusal without its own code is an unexpected error there.
const inWordsOf =
  (api: HostApi) =>
  ({ errorCode = 'unexpected_error', ...row }: RefusalNote): RefusalNote =>
    api === 'frontend' && row.status !== HEAD_TOO_LARGE ? { ...row, errorCode } : row;

/** Every reason why a call outside the backend API fails. */
export const hostRefusals = (endpoint: HostEndpoint): readonly RefusalNote[] =>
  [...NOTES[endpoint.api](endpoint), ...REFUSALS[endpoint.id], ...sizeNotes(endpoint.methods[0]), ...COMMON].map(inWordsOf(endpoint.api));
