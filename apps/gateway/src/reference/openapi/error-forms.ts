import { type JsonObject, Refusal } from '@app/domain';
import {
  type HostApi,
  type HostEndpoint,
  type BackendEndpoint,
  type DtoClass,
  fieldsOf,
  readBody,
  wireFieldErrors,
  fieldSentences,
  WIRE_SENTENCES,
} from '@app/http-api';
import { type ErrorForm, jsonBody, textBody } from './error-responses.js';
import { EXAMPLE } from './example-records.js';
import type { RefusalNote } from './refusal-note.js';
import { ref } from './schema-parts.js';

/** A sentence of the HTTP edge. A test compares the two. */
const LIMITED = 'Rate limited. Please wait 12 seconds before trying again.';

/** The only error in the body of a call whose fields accept any value. */
const NO_OBJECT: Readonly<Record<string, readonly string[]>> = { body: [WIRE_SENTENCES.notAnObject] };

// Any rule that refuses anything refuses one of these.
const WRONG = [-1, ''];

const complaintsAbout = (dtoClass: DtoClass, field: string, value: unknown): Readonly<Record<string, readonly string[]>> | null => {
  try {
    readBody(dtoClass, { [field]: value });
    return null;
  } catch (error) {
    if (!(error instanceof Refusal) || error.fields[field] === undefined) return null;
    return wireFieldErrors({ [field]: error.fields[field] });
  }
};

/** What the class itself says about a wrong value of its first field that can have one. */
const fieldErrorsOf = (dtoClass: DtoClass): Readonly<Record<string, readonly string[]>> => {
  for (const { name } of fieldsOf(dtoClass)) {
    for (const value of WRONG) {
      const complaints = complaintsAbout(dtoClass, name, value);
      if (complaints !== null) return complaints;
    }
  }
  return NO_OBJECT;
};

const fieldsForm =
  (dtoClass: DtoClass | null): ErrorForm =>
  (status) => {
    switch (status) {
      case 400:
        return dtoClass === null ? null : jsonBody('FieldErrors', { ...fieldErrorsOf(dtoClass) });
      case 413:
        return textBody(WIRE_SENTENCES.tooLarge);
      case 429:
        return textBody(LIMITED);
      case 500:
        return textBody(WIRE_SENTENCES.fault);
      case 503:
        return textBody(WIRE_SENTENCES.undecided);
      default:
        return null;
    }
  };

const validateForm: ErrorForm = (status) => {
  switch (status) {
    case 400:
      return jsonBody('TokenError', { api_key_token: 'This API key is not valid.' });
    case 413:
      return textBody(WIRE_SENTENCES.tooLarge);
    case 429:
      return jsonBody('OwnerLimitError', {
        wait_seconds: 12.345,
        user_facing_error: 'Rate limit exceeded. Please wait 13 seconds before trying again.',
        error_code: 'rate_limit_exceeded',
      });
    case 500:
      return textBody(WIRE_SENTENCES.fault);
    case 503:
      return textBody(WIRE_SENTENCES.undecided);
    default:
      return null;
  }
};

const SHOWN_ONCE = jsonBody('ShownOnceError', {
  api_key_id: EXAMPLE.keyId,
  error: 'An earlier request with the same Idempotency-Key created this key; its token is shown only once.',
});

/** Error bodies of the backend API: JSON where the clients expect it, otherwise text or nothing. */
export const backendErrorForm = ({ servedBy, body, query }: BackendEndpoint): ErrorForm => {
  if (servedBy === 'validation') return validateForm;
  const form = fieldsForm(body ?? query);
  return (status, notes) => (status === 409 ? SHOWN_ONCE : form(status, notes));
};

const linesOf = (dtoClass: DtoClass): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fieldErrorsOf(dtoClass)).map(([field, sentences]) => [field, sentences.join(' ')]));
const inOneLine = (lines: Readonly<Record<string, string>>): string =>
  Object.entries(lines)
    .map(([field, line]) => `${field}: ${line}`)
    .join(' ');

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'The credentials are missing or not valid.',
  403: 'Only administrators of the organization can do this.',
  404: 'Not found.',
  413: WIRE_SENTENCES.tooLarge,
  426: WIRE_SENTENCES.organizationsDisabled,
  429: LIMITED,
  500: WIRE_SENTENCES.fault,
  503: WIRE_SENTENCES.undecided,
};
const organizationForm =
  (dtoClass: DtoClass | null): ErrorForm =>
  (status) => {
    const message = status === 400 && dtoClass !== null ? inOneLine(linesOf(dtoClass)) : MESSAGES[status];
    if (message === undefined) throw new Error(`The organization API has no message for ${status}.`);
    return jsonBody('OrganizationApiError', { status: 'error', message });
  };

const SENTENCES: Readonly<Record<string, string>> = {
  not_found: 'There is no such key.',
  org_not_found: 'There is no such organization.',
  not_logged_in: 'Please log in.',
  action_forbidden: 'You do not have permission to do this.',
  action_disabled: WIRE_SENTENCES.disabled,
  email_not_confirmed: 'Please confirm your email address first.',
  user_not_found: 'The email address or the password is wrong.',
  account_disabled: 'This account is disabled.',
  account_locked: 'Too many wrong passwords. Please try again later.',
  bad_request: 'This expiration is not available.',
};
/** The sentences of `unexpected_error`, by status. */
const UNEXPECTED: Readonly<Record<number, string>> = {
  403: 'This page cannot call this address: its origin is not allowed, or the header X-CSRF-Token is missing.',
  404: 'There is nothing at this address.',
  413: WIRE_SENTENCES.tooLarge,
  429: LIMITED,
  500: WIRE_SENTENCES.fault,
  503: WIRE_SENTENCES.undecided,
};
const frontendExample = (dtoClass: DtoClass | null, { status, errorCode = 'unexpected_error' }: RefusalNote): JsonObject => {
  if (errorCode === 'invalid_request_fields' && dtoClass !== null) {
    const lines = linesOf(dtoClass);
    const sentences = fieldSentences(fieldErrorsOf(dtoClass));
    return { error_code: errorCode, user_facing_error: Object.values(sentences).join(' '), field_errors: lines, user_facing_errors: sentences };
  }
  const sentence = errorCode === 'unexpected_error' ? UNEXPECTED[status] : SENTENCES[errorCode];
  if (sentence === undefined) throw new Error(`The frontend API has no sentence for ${status} ${errorCode}.`);
  return { error_code: errorCode, user_facing_error: sentence };
};
const frontendForm =
  (dtoClass: DtoClass | null): ErrorForm =>
  (_status, notes) => ({
    'application/json': {
      schema: ref('FrontendError'),
      examples: Object.fromEntries(notes.map((row) => [row.errorCode ?? 'unexpected_error', { value: frontendExample(dtoClass, row) }])),
    },
  });

const FORMS: Readonly<Record<HostApi, (endpoint: HostEndpoint) => ErrorForm>> = {
  organization: ({ body, query }) => organizationForm(body ?? query),
  frontend: ({ body, query }) => frontendForm(body ?? query),
  // The same as in the backend API.
  session: ({ body, query }) => fieldsForm(body ?? query),
};
export const hostErrorForm = (endpoint: HostEndpoint): ErrorForm => FORMS[endpoint.api](endpoint);
