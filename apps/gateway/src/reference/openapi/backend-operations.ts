import { type BackendEndpoint, type BackendEndpointId, BACKEND_ENDPOINTS, type EndpointMethod } from '@app/http-api';
import { BACKEND_ANSWERS } from './backend-answers.js';
import { backendRefusals } from './backend-refusals.js';
import { backendErrorForm } from './error-forms.js';
import { errorResponses } from './error-responses.js';
import type { OpenApiOperation, PlacedOperation } from './open-api-types.js';
import { openApiMethod, queryParameters, requestBody, successResponse } from './operation-parts.js';
import { IDEMPOTENCY_KEY, pathParameters, TENANT } from './parameters.js';
import { BODY_EXAMPLES, QUERY_EXAMPLES } from './request-examples.js';

/** What is taken so that clients work, and does nothing yet. */
export const WITHOUT_EFFECT: Readonly<Partial<Record<BackendEndpointId, string>>> = {
  'create-user':
    '`send_email_to_confirm_email_address` and `ignore_domain_restrictions` are accepted and have no effect: no mail is sent, and domains are not checked.',
  'create-organization': 'The two domain flags are stored and shown; they check nothing yet.',
  'update-organization': 'Fields about domains, SAML, two factors and password rotation are stored; they enforce nothing yet.',
};

const tagOf = ({ id, paths: [path] }: BackendEndpoint): string => {
  if (id === 'query-users-in-org') return 'Organizations';
  if (path.startsWith('/api/backend/v1/user/')) return 'Users';
  if (path.startsWith('/api/backend/v1/org/')) return 'Organizations';
  return path.startsWith('/api/backend/v1/end_user_api_keys') ? 'API keys' : 'Tokens';
};

const descriptionOf = ({ id, permission, fieldPermissions, deniedStatus }: BackendEndpoint): string => {
  const byField = Object.entries(fieldPermissions).map(([field, needed]) => `\`${field}\` needs "${needed}" too`);
  return [
    `The backend key needs the permission **${permission}**; without it the answer is ${deniedStatus}.`,
    ...(byField.length === 0 ? [] : [`Of the fields, ${byField.join(', ')}.`]),
    ...[WITHOUT_EFFECT[id] ?? []].flat(),
  ].join(' ');
};

/** The same fields stand in the query of a GET and in the body of a POST. */
const fieldsFor = ({ body, query }: BackendEndpoint, method: EndpointMethod): Pick<BackendEndpoint, 'body' | 'query'> => {
  if (body === null || body !== query) return { body, query };
  return method === 'GET' ? { body: null, query } : { body, query: null };
};

const operationOf = (endpoint: BackendEndpoint, method: EndpointMethod, path: string, twin: string): OpenApiOperation => {
  const { id, permission, fieldPermissions } = endpoint;
  const { body, query } = fieldsFor(endpoint, method);
  return {
    operationId: `${id}${twin}`,
    tags: [tagOf(endpoint)],
    summary: endpoint.summary,
    description: descriptionOf(endpoint),
    security: [{ backendKey: [] }],
    parameters: [
      ...pathParameters(path),
      ...queryParameters(query, QUERY_EXAMPLES[id]),
      ...(endpoint.idempotent ? [IDEMPOTENCY_KEY] : []),
      ...(id === 'token-verification-metadata' ? [TENANT] : []),
    ],
    ...requestBody(body, BODY_EXAMPLES[id]),
    responses: { 200: successResponse(BACKEND_ANSWERS[id]), ...errorResponses(backendRefusals(endpoint, method), backendErrorForm(endpoint)) },
    'x-required-permission': permission,
    ...(Object.keys(fieldPermissions).length === 0 ? {} : { 'x-field-permissions': fieldPermissions }),
    ...(twin === '' ? {} : { 'x-same-as': id }),
  };
};

// An operation id stands once in a document: what the clients call by another method or path gets one of its own.
const placed = (endpoint: BackendEndpoint): readonly PlacedOperation[] =>
  endpoint.paths.flatMap((path, atPath) =>
    endpoint.methods.map((method, atMethod) => {
      const twin = `${atPath === 0 ? '' : `-at-path-${atPath + 1}`}${atMethod === 0 ? '' : `-by-${method.toLowerCase()}`}`;
      return { path, method: openApiMethod(method), operation: operationOf(endpoint, method, path, twin) };
    }),
  );

export const backendOperations = (): readonly PlacedOperation[] => BACKEND_ENDPOINTS.flatMap(placed);
