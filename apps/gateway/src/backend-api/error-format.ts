import type { FastifyReply } from 'fastify';
import { type EndpointId, ERROR_ANSWERS, wireFieldErrors, WIRE_SENTENCES } from '@app/http-api';
import { requestedEndpoint } from '../entry/requested-endpoint.js';
import { type ErrorFormat, type Refused, retryLater, sendNothing } from '../http/error-format.js';
import { inNamesOf, type RefusalNames } from '../http/refusal-names.js';

const sendText = (reply: FastifyReply, status: number, sentence: string): void => {
  void reply.code(status).type('text/plain; charset=utf-8').send(sentence);
};
const sendFields = (reply: FastifyReply, fields: Readonly<Record<string, readonly string[]>>): void => {
  void reply.code(400).type('application/json; charset=utf-8').send(JSON.stringify(fields));
};

const fieldsOf = (refusal: Refused): Readonly<Record<string, readonly string[]>> => {
  if (Object.keys(refusal.fields).length > 0) return wireFieldErrors(refusal.fields);
  const field = refusal.code === 'IDEMPOTENCY_KEY_REUSED' ? 'idempotency_key' : 'body';
  return { [field]: [refusal.code === 'IDEMPOTENCY_KEY_REUSED' ? 'must not be reused with another body; use a new key' : refusal.message] };
};

const sendRefusal = (reply: FastifyReply, refusal: Refused): void => {
  const { status, body } = ERROR_ANSWERS[refusal.code];
  switch (body) {
    case 'fields':
      return sendFields(reply, fieldsOf(refusal));
    case 'empty':
      return sendNothing(reply, status);
    case 'text':
      retryLater(reply);
      // The log says what could not be reached. The caller must not learn it.
      return sendText(reply, status, refusal.code === 'UNAVAILABLE' ? WIRE_SENTENCES.undecided : refusal.message);
    case 'shown-once': {
      const error = 'An earlier request with the same Idempotency-Key created this key; its token is shown only once.';
      void reply.code(status).send({ api_key_id: refusal.subjectId, error });
    }
  }
};

// Errors of Fastify and Nest: no route, or a body that is too large or incomplete.
const sendFrameworkError = (reply: FastifyReply, status: number): void => {
  if (status === 413) return sendText(reply, 413, WIRE_SENTENCES.tooLarge);
  if (status === 400) return sendFields(reply, { body: [WIRE_SENTENCES.incomplete] });
  return sendNothing(reply, status);
};

const FIELDS: RefusalNames['fields'] = { expiresAtMs: 'expires_at_seconds', tokenTag: 'imported_api_key' };
/** Calls whose names differ from those of the others. */
const NAMES: Partial<Record<EndpointId, RefusalNames>> = {
  'update-email': { fields: { email: 'new_email' } },
  // On this call, 401 is about the backend key.
  'refresh-session-by-backend': {
    codes: {
      SESSION_OVER: { field: 'refresh_token', sentence: 'The session has ended; log in again.' },
      NOT_A_MEMBER: { field: 'active_org_id', sentence: WIRE_SENTENCES.notAMember },
    },
  },
};

/** The backend API, and every path without its own error format. */
export const backendErrors: ErrorFormat = {
  named: (request, refusal) => {
    const endpoint = requestedEndpoint(request);
    const { fields, codes = {} } = (endpoint && NAMES[endpoint.id]) ?? {};
    return inNamesOf({ fields: { ...FIELDS, ...fields }, codes }, refusal);
  },
  refuse: sendRefusal,
  framework: sendFrameworkError,
  fail: (reply) => sendText(reply, 500, WIRE_SENTENCES.fault),
};
