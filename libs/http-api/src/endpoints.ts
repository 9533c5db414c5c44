import { API_KEY_ENDPOINTS } from './endpoints/api-keys.js';
import type { EndpointShape } from './endpoints/endpoint-shape.js';
import { ORGANIZATION_ENDPOINTS } from './endpoints/organizations.js';
import { TOKEN_ENDPOINTS } from './endpoints/tokens.js';
import { USER_ENDPOINTS } from './endpoints/users.js';

/** Every endpoint of the backend API: the only place with its paths and permissions. Routes, guards and the reference are made from it. */
const TABLE = [...USER_ENDPOINTS, ...ORGANIZATION_ENDPOINTS, ...API_KEY_ENDPOINTS, ...TOKEN_ENDPOINTS] as const;

export type EndpointId = (typeof TABLE)[number]['id'];
export interface Endpoint extends EndpointShape {
  readonly id: EndpointId;
}

export const ENDPOINTS: readonly Endpoint[] = TABLE;

const BY_ID = new Map<string, Endpoint>(ENDPOINTS.map((endpoint) => [endpoint.id, endpoint]));

export const endpointOf = (id: EndpointId): Endpoint => {
  const endpoint = BY_ID.get(id);
  if (endpoint === undefined) throw new Error(`There is no endpoint ${id}.`);
  return endpoint;
};
