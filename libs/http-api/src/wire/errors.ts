import type { FieldErrors, RefusalCode } from '@app/domain';
import type { ApiRefusalCode } from '../api-refusal.js';
import { WIRE_SENTENCES } from './sentences.js';

/**
 * The body of an error response. `fields`: field name to sentences. `empty`: nothing. `text`: a plain sentence, not JSON. `shown-once`:
 * the id of the key that the first request created.
 * With a JSON object on any other status a dozen calls of the Rust client would report a bad request, whatever the status.
 */
export type ErrorBody = 'fields' | 'empty' | 'text' | 'shown-once';
export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  readonly meaning: string;
}

/** Why a request was refused, by a rule or by the HTTP edge itself. */
export type AnsweredCode = RefusalCode | ApiRefusalCode;

/** The one table from refusal to HTTP. */
export const ERROR_ANSWERS: Readonly<Record<AnsweredCode, ErrorAnswer>> = {
  INVALID_FIELDS: { status: 400, body: 'fields', meaning: 'A field of the request breaks a rule. The body names the field and the rule.' },
  NOT_FOUND: { status: 404, body: 'empty', meaning: 'The resource does not exist in this environment.' },
  UNAUTHORIZED: { status: 401, body: 'empty', meaning: 'The backend key is missing, wrong or revoked.' },
  FORBIDDEN: { status: 403, body: 'empty', meaning: 'The backend key lacks the permission for this call or for one of its fields.' },
  USER_NOT_FOUND: { status: 403, body: 'empty', meaning: 'An access token was requested for a user that does not exist.' },
  ORGANIZATIONS_DISABLED: { status: 426, body: 'empty', meaning: WIRE_SENTENCES.organizationsDisabled },
  ACCESS_TOKENS_DISABLED: { status: 404, body: 'empty', meaning: 'Creating access tokens is disabled in this environment.' },
  IDEMPOTENCY_KEY_REUSED: { status: 400, body: 'fields', meaning: 'The Idempotency-Key was already used with another body.' },
  TOKEN_SHOWN_ONCE: {
    status: 409,
    body: 'shown-once',
    meaning: 'The request repeats a creation. The key exists, and its token was shown in the first response.',
  },
  WRONG_CREDENTIALS: { status: 401, body: 'empty', meaning: 'The email address or the password is wrong. The response does not say which.' },
  ACCOUNT_DISABLED: { status: 403, body: 'empty', meaning: 'The user is blocked.' },
  ACCOUNT_LOCKED: { status: 403, body: 'empty', meaning: 'Too many wrong passwords. The account accepts no login for a while.' },
  EMAIL_NOT_CONFIRMED: {
    status: 403,
    body: 'empty',
    meaning: 'The environment requires a confirmed email address, and the address of this user is not confirmed.',
  },
  ACTION_DISABLED: { status: 403, body: 'empty', meaning: WIRE_SENTENCES.disabled },
  SESSION_OVER: { status: 401, body: 'empty', meaning: 'There is no session, or it has ended.' },
  NOT_A_MEMBER: { status: 401, body: 'empty', meaning: WIRE_SENTENCES.notAMember },
  ORG_NOT_FOUND: { status: 404, body: 'empty', meaning: 'The organization does not exist, or the user is not a member of it.' },
  INVALID_OPTION: { status: 400, body: 'fields', meaning: 'The expiration option is unknown or disabled in this environment.' },
  KEY_KIND_DISABLED: { status: 400, body: 'fields', meaning: 'Keys of this kind are disabled in this environment.' },
  FOREIGN_REQUEST: { status: 403, body: 'empty', meaning: 'The environment does not allow the origin of the page, or X-CSRF-Token is missing.' },
  UNKNOWN_HOST: { status: 404, body: 'empty', meaning: 'No environment has this host name.' },
  RATE_LIMITED: { status: 429, body: 'text', meaning: 'Too many requests; Retry-After says how many seconds to wait.' },
  BUSY: { status: 429, body: 'text', meaning: 'Too many passwords are being hashed; Retry-After says how many seconds to wait.' },
  UNAVAILABLE: { status: 503, body: 'text', meaning: 'Undecided: draw no conclusion from this response. Try again after Retry-After seconds.' },
};

/** `expiresAtSeconds` → `expires_at_seconds`. A name with underscores stays as it is. */
export const toSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (hump) => `_${hump.toLowerCase()}`);

/** The body of a 400. Values are arrays of sentences: the Rust client reads nothing else. */
export const wireFieldErrors = (fields: FieldErrors): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(Object.entries(fields).map(([field, sentences]) => [toSnakeCase(field), sentences]));
