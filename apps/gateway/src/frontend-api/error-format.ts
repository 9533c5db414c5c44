import { type AnsweredCode, type EndpointId, ERROR_ANSWERS, fieldSentences, toSnakeCase, wireFieldErrors, WIRE_SENTENCES } from '@app/http-api';
import { requestedEndpoint } from '../entry/requested-endpoint.js';
import { inNamesOf, type RefusalNames } from '../http/refusal-names.js';
import { areOfRequest, isListed } from './listed-errors.js';
import { type ErrorFormat, type Refused, retryLater, sendJson } from '../http/error-format.js';

interface FrontendError {
  readonly errorCode: string;
  readonly sentence: string;
}

const error = (errorCode: string, sentence: string): FrontendError => ({ errorCode, sentence });

/**
 * The client throws at a code that it does not list for a call, so a refusal without a code is `unexpected_error`, such as a limit or an
 * unknown host (propelauth-wire.md, section 7).
 */
const ERRORS: Partial<Record<AnsweredCode, FrontendError>> = {
  NOT_FOUND: error('not_found', 'There is no such key.'),
  ORG_NOT_FOUND: error('org_not_found', 'There is no such organization.'),
  UNAUTHORIZED: error('not_logged_in', 'Please log in.'),
  SESSION_OVER: error('not_logged_in', 'Please log in.'),
  FORBIDDEN: error('action_forbidden', 'You do not have permission to do this.'),
  ACTION_DISABLED: error('action_disabled', WIRE_SENTENCES.disabled),
  EMAIL_NOT_CONFIRMED: error('email_not_confirmed', 'Please confirm your email address first.'),
  WRONG_CREDENTIALS: error('user_not_found', 'The email address or the password is wrong.'),
  ACCOUNT_DISABLED: error('account_disabled', 'This account is disabled.'),
  ACCOUNT_LOCKED: error('account_locked', 'Too many wrong passwords. Please try again later.'),
  INVALID_OPTION: error('bad_request', 'This expiration is not available.'),
  FOREIGN_REQUEST: error('unexpected_error', 'This page cannot call this address: its origin is not allowed, or the header X-CSRF-Token is missing.'),
  UNKNOWN_HOST: error('unexpected_error', 'There is nothing at this address.'),
  UNAVAILABLE: error('unexpected_error', WIRE_SENTENCES.undecided),
};

const fieldErrors = ({ fields }: Refused) => {
  const wrong = wireFieldErrors(fields);
  const sentences = fieldSentences(wrong);
  const texts = Object.fromEntries(Object.entries(wrong).map(([field, said]) => [field, said.join(' ')]));
  return { error_code: 'invalid_request_fields', user_facing_error: Object.values(sentences).join(' '), field_errors: texts, user_facing_errors: sentences };
};

const errorOf = ({ code, message }: Refused): FrontendError => ERRORS[code] ?? error('unexpected_error', message);

const bodyOf = (refusal: Refused) => {
  if (refusal.code === 'INVALID_FIELDS') return fieldErrors(refusal);
  const { errorCode, sentence } = errorOf(refusal);
  return { error_code: errorCode, user_facing_error: sentence };
};

/**
 * The caller of this API sends neither a user nor the state of the organization. A rule that blames one of them means that it has changed
 * since the gateway looked, and a repeated request would get the same response.
 */
const NAMES: Partial<Record<EndpointId, RefusalNames>> = {
  'create-own-api-key': {
    fields: { userId: { code: 'SESSION_OVER' }, orgId: { code: 'FORBIDDEN' } },
    codes: { KEY_KIND_DISABLED: { code: 'FORBIDDEN' } },
  },
};

/** The frontend API: always JSON, because the client treats anything else as a fault. */
export const frontendErrors: ErrorFormat = {
  named: (request, refusal) => {
    const endpoint = requestedEndpoint(request);
    return inNamesOf((endpoint && NAMES[endpoint.id]) ?? {}, refusal);
  },
  canExpose: (request, refusal) => {
    if (refusal.code !== 'INVALID_FIELDS') return isListed(request, errorOf(refusal).errorCode);
    return isListed(request, 'invalid_request_fields') && areOfRequest(request, Object.keys(refusal.fields).map(toSnakeCase));
  },
  refuse: (reply, refusal) => {
    const { status } = ERROR_ANSWERS[refusal.code];
    if (status === 503 || status === 429) retryLater(reply);
    sendJson(reply, status, bodyOf(refusal));
  },
  framework: (reply, status) =>
    sendJson(reply, status, {
      error_code: 'unexpected_error',
      user_facing_error: status === 413 ? WIRE_SENTENCES.tooLarge : 'There is nothing at this address.',
    }),
  fail: (reply) => sendJson(reply, 500, { error_code: 'unexpected_error', user_facing_error: WIRE_SENTENCES.fault }),
};
