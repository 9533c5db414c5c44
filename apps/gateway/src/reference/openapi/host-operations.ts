import { type HostApi, HOST_ENDPOINTS, type HostEndpoint } from '@app/http-api';
import { HOST_ANSWERS } from './host-answers.js';
import { hostErrorForm } from './error-forms.js';
import { hostRefusals } from './host-refusals.js';
import { errorResponses } from './error-responses.js';
import { EXAMPLE } from './example-records.js';
import type { OpenApiHeader, OpenApiOperation, OpenApiSecurity, PlacedOperation } from './open-api-types.js';
import { openApiMethod, queryParameters, requestBody, successResponse } from './operation-parts.js';
import { hostHeaders, pathParameters } from './parameters.js';
import { BODY_EXAMPLES, QUERY_EXAMPLES } from './request-examples.js';

const TAGS: Readonly<Record<HostApi, string>> = { organization: 'Organization API', frontend: 'Frontend API', session: 'Sessions' };

const BY_ACCESS_TOKEN: OpenApiSecurity = [{ accessToken: [] }, { accessTokenCookie: [] }];

const securityOf = ({ credential, api, id }: HostEndpoint): OpenApiSecurity => {
  switch (credential) {
    case 'organization-key':
      return [{ organizationKey: [] }];
    // A caller without a token is logged out already.
    case 'refresh-cookie':
      return [{ refreshTokenCookie: [] }, ...(id === 'log-out' ? [...BY_ACCESS_TOKEN, {}] : [])];
    case 'session':
      return api === 'organization' ? BY_ACCESS_TOKEN : [...BY_ACCESS_TOKEN, { refreshTokenCookie: [] }];
    case 'none':
      return id === 'fetch-login-state' ? [{}, ...BY_ACCESS_TOKEN, { refreshTokenCookie: [] }] : [];
  }
};

const limitHeader = (description: string): OpenApiHeader => ({ description, schema: { type: 'integer', minimum: 0 } });
const LIMIT_HEADERS: Readonly<Record<string, OpenApiHeader>> = {
  'X-RateLimit-Limit': limitHeader('Requests that a key can make in 15 minutes.'),
  'X-RateLimit-Remaining': limitHeader('How many of these requests are left.'),
  'X-RateLimit-Reset': limitHeader('When the window ends, in Unix seconds.'),
};

const operationOf = (endpoint: HostEndpoint): OpenApiOperation => {
  const {
    id,
    api,
    paths: [path],
    body,
    query,
    credential,
    status,
    summary,
    description,
  } = endpoint;
  return {
    operationId: id,
    tags: [TAGS[api]],
    summary,
    description,
    security: securityOf(endpoint),
    parameters: [
      ...pathParameters(path, api === 'frontend' ? { api_key_id: EXAMPLE.ownKeyId } : {}),
      ...queryParameters(query, QUERY_EXAMPLES[id]),
      ...hostHeaders(endpoint),
    ],
    ...requestBody(body, BODY_EXAMPLES[id]),
    responses: {
      [status]: successResponse(HOST_ANSWERS[id], credential === 'organization-key' ? LIMIT_HEADERS : {}),
      ...errorResponses(hostRefusals(endpoint), hostErrorForm(endpoint)),
    },
  };
};

export const hostOperations = (): readonly PlacedOperation[] =>
  HOST_ENDPOINTS.map((endpoint) => ({ path: endpoint.paths[0], method: openApiMethod(endpoint.methods[0]), operation: operationOf(endpoint) }));
