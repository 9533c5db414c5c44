import { API_KEY_ENDPOINTS } from './endpoints/api-keys.js';
import type { BackendShape, HostShape } from './endpoints/endpoint.js';
import { FRONTEND_API_ENDPOINTS } from './endpoints/frontend-api.js';
import { ORGANIZATION_API_ENDPOINTS } from './endpoints/organization-api.js';
import { ORGANIZATION_ENDPOINTS } from './endpoints/organizations.js';
import { SESSION_ENDPOINTS } from './endpoints/sessions.js';
import { TOKEN_ENDPOINTS } from './endpoints/tokens.js';
import { USER_ENDPOINTS } from './endpoints/users.js';

const OF_BACKEND = [...USER_ENDPOINTS, ...ORGANIZATION_ENDPOINTS, ...API_KEY_ENDPOINTS, ...TOKEN_ENDPOINTS] as const;
const OF_HOSTS = [...ORGANIZATION_API_ENDPOINTS, ...FRONTEND_API_ENDPOINTS, ...SESSION_ENDPOINTS] as const;

export type BackendEndpointId = (typeof OF_BACKEND)[number]['id'];
export type HostEndpointId = (typeof OF_HOSTS)[number]['id'];
export type EndpointId = BackendEndpointId | HostEndpointId;

export interface BackendEndpoint extends BackendShape {
  readonly id: BackendEndpointId;
}
export interface HostEndpoint extends HostShape {
  readonly id: HostEndpointId;
}
export type Endpoint = BackendEndpoint | HostEndpoint;

export const BACKEND_ENDPOINTS: readonly BackendEndpoint[] = OF_BACKEND;
export const HOST_ENDPOINTS: readonly HostEndpoint[] = OF_HOSTS;

/** Every endpoint of every API: the only place with their paths and permissions. Routes, guards and the reference are built from it. */
export const ENDPOINTS: readonly Endpoint[] = [...OF_BACKEND, ...OF_HOSTS];

const BY_ID = new Map<string, Endpoint>(ENDPOINTS.map((endpoint) => [endpoint.id, endpoint]));

export const endpointOf = (id: EndpointId): Endpoint => {
  const endpoint = BY_ID.get(id);
  if (endpoint === undefined) throw new Error(`There is no endpoint ${id}.`);
  return endpoint;
};
