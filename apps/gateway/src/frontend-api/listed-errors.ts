import type { FastifyRequest } from 'fastify';
import { type EndpointId, fieldsOf } from '@app/http-api';
import { requestedEndpoint } from '../entry/requested-endpoint.js';

const OF_A_SESSION = ['not_logged_in', 'email_not_confirmed'] as const;

/** The error codes that the client knows for each call, in addition to `unexpected_error`. It throws at any other, however the page handles errors. */
const LISTED: Partial<Record<EndpointId, readonly string[]>> = {
  'log-in': ['invalid_request_fields', 'user_not_found', 'account_disabled', 'account_locked', 'action_disabled'],
  'sign-up': ['invalid_request_fields', 'action_disabled'],
  'fetch-login-state': [],
  'create-own-api-key': [...OF_A_SESSION, 'invalid_request_fields', 'bad_request', 'action_forbidden'],
  'rename-own-api-key': [...OF_A_SESSION, 'invalid_request_fields', 'action_forbidden', 'not_found'],
  'delete-own-api-key': [...OF_A_SESSION, 'action_forbidden', 'not_found'],
  'list-personal-api-keys': [...OF_A_SESSION, 'invalid_request_fields', 'action_disabled'],
  'list-org-api-keys': [...OF_A_SESSION, 'invalid_request_fields', 'action_disabled', 'org_not_found', 'action_forbidden'],
};

/** Whether the client knows the code for this call. True without an endpoint, because then there is no client. */
export const isListed = (request: FastifyRequest, errorCode: string): boolean => {
  const endpoint = requestedEndpoint(request);
  return errorCode === 'unexpected_error' || endpoint === undefined || (LISTED[endpoint.id]?.includes(errorCode) ?? false);
};

/** Whether the request has these fields, in its own spelling. If a service blames another one, the gateway set that value: it is our fault. */
export const areOfRequest = (request: FastifyRequest, fields: readonly string[]): boolean => {
  const endpoint = requestedEndpoint(request);
  const known = fieldsOf(endpoint?.body ?? endpoint?.query ?? null).map(({ name }) => name);
  return fields.length > 0 && fields.every((field) => field === 'body' || known.includes(field));
};
