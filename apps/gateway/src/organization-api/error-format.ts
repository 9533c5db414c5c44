import type { FastifyReply } from 'fastify';
import { type AnsweredCode, ERROR_ANSWERS, WIRE_SENTENCES } from '@app/http-api';
import { type ErrorFormat, type Refused, retryLater, sendJson } from '../http/error-format.js';
import { inNamesOf, type RefusalNames } from '../http/refusal-names.js';

const NOT_FOUND = 'Not found.';
/** One sentence for everything that can be wrong with a key or a session, so that a caller cannot probe for them. */
const NO_CREDENTIALS = 'The credentials are missing or not valid.';

const SENTENCES: Partial<Record<AnsweredCode, string>> = {
  NOT_FOUND,
  ORG_NOT_FOUND: NOT_FOUND,
  UNKNOWN_HOST: NOT_FOUND,
  UNAUTHORIZED: NO_CREDENTIALS,
  SESSION_OVER: NO_CREDENTIALS,
  FORBIDDEN: 'Only administrators of the organization can do this.',
  ACTION_DISABLED: 'Organization keys are disabled in this environment.',
  ORGANIZATIONS_DISABLED: WIRE_SENTENCES.organizationsDisabled,
  EMAIL_NOT_CONFIRMED: 'Please confirm your email address first.',
  FOREIGN_REQUEST: 'The origin of the page is not allowed in this environment.',
  UNAVAILABLE: WIRE_SENTENCES.undecided,
};

const sendError = (reply: FastifyReply, status: number, message: string): void => sendJson(reply, status, { status: 'error', message });

const sentenceOf = ({ code, fields, message }: Refused): string => {
  const wrong = Object.entries(fields).map(([field, sentences]) => `${field}: ${sentences.join(' ')}`);
  return wrong.length > 0 ? wrong.join(' ') : (SENTENCES[code] ?? message);
};

/** This API has no field for the organization: a rule that blames it means that it was deleted after it was looked up. */
const NAMES: RefusalNames = {
  fields: { expiresAtMs: 'expiresAt', displayName: 'name', orgId: { code: 'NOT_FOUND' } },
  codes: { KEY_KIND_DISABLED: { code: 'ACTION_DISABLED' } },
};

/** The error envelope of the organization API. */
export const organizationErrors: ErrorFormat = {
  named: (_request, refusal) => inNamesOf(NAMES, refusal),
  refuse: (reply, refusal) => {
    const { status } = ERROR_ANSWERS[refusal.code];
    if (status === 503 || status === 429) retryLater(reply);
    sendError(reply, status, sentenceOf(refusal));
  },
  framework: (reply, status) => sendError(reply, status, status === 413 ? WIRE_SENTENCES.tooLarge : status === 400 ? WIRE_SENTENCES.incomplete : NOT_FOUND),
  fail: (reply) => sendError(reply, 500, WIRE_SENTENCES.fault),
};
