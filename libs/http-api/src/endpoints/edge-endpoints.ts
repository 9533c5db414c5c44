import { CreateOrganizationKeyBody, VerifyTokenBody } from '../dto/organization-api.js';
import { CreateOwnApiKeyBody, OrgApiKeysQuery, PersonalApiKeysQuery, RenameApiKeyBody } from '../dto/own-api-keys.js';
import type { DtoClass } from '../dto/read-fields.js';
import { LoginBody, RefreshQuery, SignupBody } from '../dto/sessions.js';
import type { EndpointMethod } from './endpoint-shape.js';

/** Which of the APIs beside the backend's: each has a form of error of its own. */
export type EdgeApi = 'organization' | 'frontend' | 'session';

/**
 * What opens a call: `session` an access token (bearer or cookie) or, where a browser calls, the refresh token's cookie;
 * `refresh-token` that cookie alone; `organization-key` an organization's key in X-API-Key; `nothing`.
 */
export type Opener = 'session' | 'refresh-token' | 'organization-key' | 'nothing';

export interface EdgeEndpointShape {
  readonly id: string;
  readonly api: EdgeApi;
  readonly method: EndpointMethod;
  /** Parameters in braces; a trailing slash may be there or not. */
  readonly path: string;
  readonly opener: Opener;
  /** Pages of every origin may ask: the answer is public, and shows nothing of who asks. */
  readonly isForAnyPage: boolean;
  readonly status: 200 | 201;
  readonly summary: string;
  readonly body: DtoClass | null;
  readonly query: DtoClass | null;
}

interface More {
  readonly isForAnyPage?: true;
  readonly status?: 201;
  readonly body?: DtoClass;
  readonly query?: DtoClass;
}

const METHODS: readonly EndpointMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const edge = <const Id extends string>(
  api: EdgeApi,
  id: Id,
  route: `${EndpointMethod} /${string}`,
  opener: Opener,
  summary: string,
  more: More = {},
): EdgeEndpointShape & { readonly id: Id } => {
  const space = route.indexOf(' ');
  const method = METHODS.find((one) => one === route.slice(0, space)) ?? 'GET';
  return {
    id,
    api,
    method,
    path: route.slice(space + 1),
    opener,
    isForAnyPage: more.isForAnyPage ?? false,
    status: more.status ?? 200,
    summary,
    body: more.body ?? null,
    query: more.query ?? null,
  };
};

const ORG_KEYS = '/api/v1/org/api-keys';
const PUBLIC = '/api/v1/public';
const FE = '/api/fe/v3';

/** Every endpoint of the organization API, the frontend API and sessions: the only place with their paths. The environment is found by host. */
const TABLE = [
  edge('organization', 'create-organization-key', `POST ${ORG_KEYS}`, 'session', 'Creates a key of the organization and answers it, this once.', {
    status: 201,
    body: CreateOrganizationKeyBody,
  }),
  edge('organization', 'list-organization-keys', `GET ${ORG_KEYS}`, 'session', 'Lists all keys of the organization, newest first; dead ones for 90 days.'),
  edge('organization', 'revoke-organization-key', `DELETE ${ORG_KEYS}/{key_id}`, 'session', 'Revokes a key of the organization; it is dead when this answers.'),
  edge('organization', 'verify-user-token', `POST ${PUBLIC}/verify`, 'organization-key', "Says whether an access token is a member's, and who that is.", {
    body: VerifyTokenBody,
  }),
  edge('organization', 'fetch-member', `GET ${PUBLIC}/users/{member_id}`, 'organization-key', 'Fetches a member of the organization.'),
  edge('organization', 'fetch-own-organization', `GET ${PUBLIC}/org`, 'organization-key', "Fetches the key's organization."),

  edge('frontend', 'log-in', `POST ${FE}/login`, 'nothing', 'Logs in with e-mail address and password; sets the cookies of the session.', { body: LoginBody }),
  edge(
    'frontend',
    'sign-up',
    `POST ${FE}/signup`,
    'nothing',
    'Makes an account, where the environment allows it. Logs nobody in; the answer is the same for an address that is known.',
    { body: SignupBody },
  ),
  edge('frontend', 'fetch-login-state', `GET ${FE}/login_state`, 'nothing', 'Says what is left to do until the caller is logged in.'),
  edge(
    'frontend',
    'create-own-api-key',
    `POST ${FE}/api_keys`,
    'session',
    "Creates a personal key, or with `org_id` an organization's, and answers its token, this once.",
    { body: CreateOwnApiKeyBody },
  ),
  edge('frontend', 'rename-own-api-key', `PATCH ${FE}/api_keys/{api_key_id}`, 'session', 'Gives a key another display name.', { body: RenameApiKeyBody }),
  edge('frontend', 'delete-own-api-key', `DELETE ${FE}/api_keys/{api_key_id}`, 'session', 'Revokes a key; it is dead when this answers.'),
  edge('frontend', 'list-personal-api-keys', `GET ${FE}/personal_api_keys`, 'session', "Lists the caller's living personal keys.", {
    query: PersonalApiKeysQuery,
  }),
  edge('frontend', 'list-org-api-keys', `GET ${FE}/org_api_keys`, 'session', "Lists an organization's living keys.", { query: OrgApiKeysQuery }),

  edge('session', 'refresh-session', 'GET /api/v1/refresh_token', 'refresh-token', 'Answers a new access token and rotates the refresh token.', {
    query: RefreshQuery,
  }),
  edge('session', 'log-out', 'POST /api/v1/logout', 'refresh-token', 'Ends the session; its access token is dead when this answers.'),
  edge('session', 'log-out-everywhere', 'POST /api/v1/logout_all_sessions', 'refresh-token', 'Ends all sessions of the user.'),
  edge('session', 'fetch-signing-keys', 'GET /.well-known/jwks.json', 'nothing', 'The public keys that access tokens are checked with.', {
    isForAnyPage: true,
  }),
] as const;

export type EdgeEndpointId = (typeof TABLE)[number]['id'];
export interface EdgeEndpoint extends EdgeEndpointShape {
  readonly id: EdgeEndpointId;
}

export const EDGE_ENDPOINTS: readonly EdgeEndpoint[] = TABLE;

const BY_ID = new Map<string, EdgeEndpoint>(EDGE_ENDPOINTS.map((endpoint) => [endpoint.id, endpoint]));

export const edgeEndpointOf = (id: EdgeEndpointId): EdgeEndpoint => {
  const endpoint = BY_ID.get(id);
  if (endpoint === undefined) throw new Error(`There is no endpoint ${id}.`);
  return endpoint;
};
