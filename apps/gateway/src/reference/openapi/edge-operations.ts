import { type EdgeApi, EDGE_ENDPOINTS, type EdgeEndpoint } from '@app/http-api';
import { EDGE_ANSWERS } from './edge-answers.js';
import { edgeErrorForm } from './error-forms.js';
import { edgeRefusals } from './edge-refusals.js';
import { errorResponses } from './error-responses.js';
import { EXAMPLE } from './example-records.js';
import type { OpenApiHeader, OpenApiOperation, OpenApiSecurity, PlacedOperation } from './open-api-types.js';
import { openApiMethod, queryParameters, requestBody, successResponse } from './operation-parts.js';
import { edgeHeaders, pathParameters } from './parameters.js';
import { BODY_EXAMPLES, QUERY_EXAMPLES } from './request-examples.js';

const TAGS: Readonly<Record<EdgeApi, string>> = { organization: 'Organization API', frontend: 'Frontend API', session: 'Sessions' };

const BY_ACCESS_TOKEN: OpenApiSecurity = [{ accessToken: [] }, { accessTokenCookie: [] }];

const securityOf = ({ opener, api, id }: EdgeEndpoint): OpenApiSecurity => {
  switch (opener) {
    case 'organization-key':
      return [{ organizationKey: [] }];
    // Who shows nothing is logged out already.
    case 'refresh-token':
      return [{ refreshTokenCookie: [] }, ...(id === 'log-out' ? [...BY_ACCESS_TOKEN, {}] : [])];
    case 'session':
      return api === 'organization' ? BY_ACCESS_TOKEN : [...BY_ACCESS_TOKEN, { refreshTokenCookie: [] }];
    case 'nothing':
      return id === 'fetch-login-state' ? [{}, ...BY_ACCESS_TOKEN, { refreshTokenCookie: [] }] : [];
  }
};

const limitHeader = (description: string): OpenApiHeader => ({ description, schema: { type: 'integer', minimum: 0 } });
const LIMIT_HEADERS: Readonly<Record<string, OpenApiHeader>> = {
  'X-RateLimit-Limit': limitHeader('Requests that a key may make in 15 minutes.'),
  'X-RateLimit-Remaining': limitHeader('How many of them are left.'),
  'X-RateLimit-Reset': limitHeader('Unix seconds when the window ends.'),
};

const operationOf = (endpoint: EdgeEndpoint): OpenApiOperation => {
  const { id, api, path, body, query, opener, status, summary } = endpoint;
  return {
    operationId: id,
    tags: [TAGS[api]],
    summary,
    security: securityOf(endpoint),
    parameters: [
      ...pathParameters(path, api === 'frontend' ? { api_key_id: EXAMPLE.ownKeyId } : {}),
      ...queryParameters(query, QUERY_EXAMPLES[id]),
      ...edgeHeaders(endpoint),
    ],
    ...requestBody(body, BODY_EXAMPLES[id]),
    responses: {
      [status]: successResponse(EDGE_ANSWERS[id], opener === 'organization-key' ? LIMIT_HEADERS : {}),
      ...errorResponses(edgeRefusals(endpoint), edgeErrorForm(endpoint)),
    },
  };
};

export const edgeOperations = (): readonly PlacedOperation[] =>
  EDGE_ENDPOINTS.map((endpoint) => ({ path: endpoint.path, method: openApiMethod(endpoint.method), operation: operationOf(endpoint) }));
