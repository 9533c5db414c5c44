import { type BackendEndpoint, BACKEND_ENDPOINTS, type EndpointMethod } from '@app/http-api';
import { BACKEND_ANSWERS } from './backend-answers.js';
import { backendRefusals } from './backend-refusals.js';
import { backendErrorForm } from './error-forms.js';
import { errorResponses } from './error-responses.js';
import type { OpenApiOperation, PlacedOperation } from './open-api-types.js';
import { openApiMethod, queryParameters, requestBody, successResponse } from './operation-parts.js';
import { IDEMPOTENCY_KEY, pathParameters, TENANT } from './parameters.js';
import { BODY_EXAMPLES, QUERY_EXAMPLES } from './request-examples.js';

const tagOf = ({ id, paths: [path] }: BackendEndpoint): string => {
  if (id === 'query-users-in-org') return 'Organizations';
  if (path.startsWith('/api/backend/v1/user/')) return 'Users';
  if (path.startsWith('/api/backend/v1/org/')) return 'Organizations';
  return path.startsWith('/api/backend/v1/end_user_api_keys') ? 'API keys' : 'Tokens';
};

const descriptionOf = ({ description, permission, fieldPermissions, deniedStatus }: BackendEndpoint): string => {
  const byField = Object.entries(fieldPermissions).map(([field, needed]) => `\`${field}\` (**${needed}**)`);
  return [
    description,
    `The backend key needs the permission **${permission}**. Without it, the call returns ${deniedStatus}.`,
    ...(byField.length === 0 ? [] : [`These fields need another permission as well: ${byField.join(', ')}.`]),
  ].join(' ');
};

/** The same fields are in the query of a GET and in the body of a POST. */
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

// An operation id must be unique in a document, so the same call with another method or path gets its own.
const placed = (endpoint: BackendEndpoint): readonly PlacedOperation[] =>
  endpoint.paths.flatMap((path, atPath) =>
    endpoint.methods.map((method, atMethod) => {
      const twin = `${atPath === 0 ? '' : `-at-path-${atPath + 1}`}${atMethod === 0 ? '' : `-by-${method.toLowerCase()}`}`;
      return { path, method: openApiMethod(method), operation: operationOf(endpoint, method, path, twin) };
    }),
  );

export const backendOperations = (): readonly PlacedOperation[] => BACKEND_ENDPOINTS.flatMap(placed);
