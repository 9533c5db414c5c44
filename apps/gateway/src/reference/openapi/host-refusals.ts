import { type HostApi, type HostEndpoint, type HostEndpointId, ERROR_ANSWERS } from '@app/http-api';
import { HEAD_TOO_LARGE, note, noteOn, type RefusalNote, sizeNotes } from './refusal-note.js';

const fe = (status: number, errorCode: string, meaning: string): RefusalNote => ({ status, errorCode, meaning });

const FOREIGN_PAGE = 'The page is of an origin that the environment does not allow.';
const NO_HOST = 'No environment has this host name.';

// Organization API.
const NOT_ADMIN = note(403, 'The user may not manage the API keys of the organization.');
const NO_ORGANIZATION = note(404, 'No organization has the slug in X-Org-Slug, or the user is not a member of it.');

// Frontend API.
const NO_PERMISSION = fe(403, 'action_forbidden', 'The user may not manage this key, or may not have keys of this kind.');
const NO_KEY = fe(404, 'not_found', 'The user has no such key.');
const KIND_OFF = fe(403, 'action_disabled', 'This kind of key is disabled in this environment.');
const LOGIN_OFF = fe(403, 'action_disabled', 'This is disabled in this environment.');

/** What a call refuses beside what all calls of its API refuse. The compiler asks for every call. */
const REFUSALS: Readonly<Record<HostEndpointId, readonly RefusalNote[]>> = {
  'create-organization-key': [NOT_ADMIN, note(403, 'Organization keys are disabled in this environment.'), noteOn(400, '`expiresAt`', 'in the past')],
  'list-organization-keys': [NOT_ADMIN],
  'revoke-organization-key': [NOT_ADMIN, note(404, 'The organization has no such key, or it has ended.')],
  'verify-user-token': [note(400, 'The body is not a JSON object. An invalid token is not an error.')],
  'fetch-member': [note(404, 'The organization has no such member.')],
  'fetch-own-organization': [],

  'log-in': [
    fe(401, 'user_not_found', 'The address or the password is wrong; the answer never says which.'),
    fe(403, 'account_disabled', 'The user is blocked.'),
    fe(403, 'account_locked', 'Too many wrong passwords; the account accepts no login for a while.'),
    LOGIN_OFF,
  ],
  'sign-up': [LOGIN_OFF],
  'fetch-login-state': [],
  'create-own-api-key': [fe(400, 'bad_request', 'The expiration option is unknown or disabled.'), NO_PERMISSION],
  'rename-own-api-key': [NO_PERMISSION, NO_KEY],
  'delete-own-api-key': [NO_PERMISSION, NO_KEY],
  'list-personal-api-keys': [KIND_OFF],
  'list-org-api-keys': [KIND_OFF, NO_PERMISSION, fe(404, 'org_not_found', 'The user is in no such organization.')],

  'refresh-session': [note(401, 'The user is not a member of `active_org_id`.')],
  'log-out': [],
  'log-out-everywhere': [],
  'fetch-signing-keys': [],
};

const hasFields = ({ body, query }: HostEndpoint): boolean => body !== null || query !== null;
const isPublic = ({ paths: [path] }: HostEndpoint): boolean => path.startsWith('/api/v1/public/');

const organizationNotes = (endpoint: HostEndpoint): readonly RefusalNote[] => [
  ...(hasFields(endpoint) && endpoint.id !== 'verify-user-token' ? [note(400, 'A field of the request breaks a rule; the message says which.')] : []),
  ...(isPublic(endpoint)
    ? [
        note(401, 'X-API-Key is missing, or no key of the organization that X-Org-Slug names. One text for all of it.'),
        note(404, NO_HOST),
        note(429, 'The key has made 300 requests in 15 minutes.'),
      ]
    : [note(401, 'There is no session, or it has ended.'), note(403, FOREIGN_PAGE), NO_ORGANIZATION, note(404, NO_HOST)]),
  note(426, ERROR_ANSWERS.ORGANIZATIONS_DISABLED.meaning),
];

const frontendNotes = (endpoint: HostEndpoint): readonly RefusalNote[] => [
  ...(hasFields(endpoint) ? [fe(400, 'invalid_request_fields', 'A field of the request breaks a rule; `field_errors` says which.')] : []),
  ...(endpoint.credential === 'session'
    ? [fe(401, 'not_logged_in', 'There is no session, or it has ended.'), fe(403, 'email_not_confirmed', 'The environment requires a confirmed email address.')]
    : []),
  note(403, `${FOREIGN_PAGE} Or X-CSRF-Token is missing.`),
  note(404, NO_HOST),
];

const sessionNotes = (endpoint: HostEndpoint): readonly RefusalNote[] => [
  // A caller without a session is logged out already.
  ...(endpoint.credential === 'none' || endpoint.id === 'log-out' ? [] : [note(401, 'There is no session, or it has ended.')]),
  ...(endpoint.hasPublicCors ? [] : [note(403, FOREIGN_PAGE)]),
  note(404, NO_HOST),
];

const NOTES: Readonly<Record<HostApi, (endpoint: HostEndpoint) => readonly RefusalNote[]>> = {
  organization: organizationNotes,
  frontend: frontendNotes,
  session: sessionNotes,
};

const COMMON: readonly RefusalNote[] = [
  note(429, 'Too many requests from this caller; Retry-After says how many seconds to wait.'),
  note(500, 'A fault of the server.'),
  note(503, 'Undecided: draw no conclusion from this response. Try again after Retry-After seconds.'),
];

// Only the frontend API has codes; what all APIs refuse is an unexpected error there.
const inWordsOf =
  (api: HostApi) =>
  ({ errorCode = 'unexpected_error', ...row }: RefusalNote): RefusalNote =>
    api === 'frontend' && row.status !== HEAD_TOO_LARGE ? { ...row, errorCode } : row;

/** Every way in which a call of the other APIs can fail. */
export const hostRefusals = (endpoint: HostEndpoint): readonly RefusalNote[] =>
  [...NOTES[endpoint.api](endpoint), ...REFUSALS[endpoint.id], ...sizeNotes(endpoint.methods[0]), ...COMMON].map(inWordsOf(endpoint.api));
