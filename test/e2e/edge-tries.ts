import { HOST_ENDPOINTS, type HostEndpoint, type HostEndpointId } from '@app/http-api';
import { EndUserApi, type EndUserHeaders } from '@test/support/clients/browser-session.js';
import type { Answer } from '@test/support/clients/backend-api.js';
import type { EdgeTenant } from './edge-tenant.js';
import { wireId } from './organization-stage.js';

/** One try, at the other environment's host, to reach what an environment holds. */
export interface EdgeTry {
  readonly says: string;
  readonly status: number;
  /** Those that show who calls. */
  readonly headers: EndUserHeaders;
  /** In place of the parameter in the path. */
  readonly id?: string;
  readonly query?: string;
  readonly body?: unknown;
}

/** A key id, or an unknown one: what is in a path before any code looks at it. */
const placed = ({ paths: [path] }: HostEndpoint, { id = '0'.repeat(32), query = '' }: Pick<EdgeTry, 'id' | 'query'>): string =>
  path.replace(/\{\w+\}/, id) + query;

/** Calls a row of the table, at a host, with nothing but what the try says. */
export const tryAt = (origin: string, host: string, endpoint: HostEndpoint, { headers, body, ...place }: Omit<EdgeTry, 'status' | 'says'>): Promise<Answer> =>
  new EndUserApi(origin, host).call(endpoint.methods[0], placed(endpoint, place), body, headers);

/** Fields that every call takes which looks at them. */
const FIELDS: Partial<Readonly<Record<HostEndpointId, unknown>>> = {
  'create-organization-key': { name: 'made' },
  'verify-user-token': { token: 'none' },
  'log-in': { email: 'nobody@example.test', password: 'an unknown password' },
  'sign-up': { email: 'new@example.test', password: 'a long enough password' },
  'create-own-api-key': {},
  'rename-own-api-key': { display_name: 'renamed' },
};

/** What one environment holds and what a caller of the other one has; `word` is the password of `held` where the two differ. */
export interface Sides {
  readonly held: EdgeTenant;
  readonly own: EdgeTenant;
}

/** Everything that shows who calls, taken from the environment that is tried to be reached. */
const foreignOpeners = ({ credential, api, id }: HostEndpoint, { held, own }: Sides): readonly EdgeTry[] => {
  const slug = { 'x-org-slug': own.slug };
  const refused = id === 'fetch-login-state' || id === 'log-out' ? 200 : 401;
  const body = FIELDS[id];
  const shown = (says: string, headers: EndUserHeaders): EdgeTry => ({
    says: `${says} of the other environment`,
    status: refused,
    headers: { ...slug, ...headers },
    body,
  });
  const session = [shown('bearer token', held.bearer), shown('access token cookie', held.accessCookie)];
  const refresh = shown('refresh token cookie', held.refreshCookie);
  switch (credential) {
    case 'organization-key':
      return [shown('organization key', held.organizationKey)];
    case 'refresh-cookie':
      return id === 'log-out' ? [...session, refresh] : [refresh];
    case 'session':
      return [
        ...session,
        refresh,
        shown('organization key', held.organizationKey),
        shown('personal key', { authorization: `Bearer ${held.personalKey.token}` }),
      ];
    case 'none':
      return api === 'frontend' && id === 'fetch-login-state' ? [...session, refresh] : [];
  }
};

/** Tries of a caller who is at home where it calls, on what the other environment holds. */
const foreignThings = ({ held, own }: Sides): Readonly<Record<HostEndpointId, readonly EdgeTry[]>> => {
  const inOrg = { ...own.accessCookie, 'x-org-slug': own.slug };
  const keys = [held.orgKey.id, held.personalKey.id];
  const told = (says: string, status: number, headers: EndUserHeaders, more: Partial<EdgeTry> = {}): EdgeTry => ({ says, status, headers, ...more });
  return {
    'create-organization-key': [told('the slug that both have is its own', 201, inOrg, { body: { name: 'own' } })],
    'list-organization-keys': [told('the slug that both have is its own', 200, inOrg)],
    'revoke-organization-key': keys.map((id) => told('by id', 404, inOrg, { id: wireId('key', id) })),
    'verify-user-token': [told("the other one's token", 200, own.organizationKey, { body: { token: held.endUser.accessToken } })],
    'fetch-member': [told('by id', 404, own.organizationKey, { id: wireId('usr', held.userId) })],
    'fetch-own-organization': [told('the slug that both have is its own', 200, own.organizationKey)],
    'log-in': [told('an address that only the other one knows', 401, {}, { body: { email: 'only@example.test', password: held.plan.password } })],
    'sign-up': [told('which only the other one allows', 403, {}, { body: FIELDS['sign-up'] })],
    'fetch-login-state': [told('its own', 200, own.accessCookie)],
    'create-own-api-key': [told("for the other one's organization", 403, own.accessCookie, { body: { org_id: held.orgId } })],
    'rename-own-api-key': keys.map((id) => told('by id', 404, own.accessCookie, { id, body: FIELDS['rename-own-api-key'] })),
    'delete-own-api-key': keys.map((id) => told('by id', 404, own.accessCookie, { id })),
    'list-personal-api-keys': keys.map((id) => told('by a search', 200, own.accessCookie, { query: `?api_key_search=${id}` })),
    'list-org-api-keys': [told('by id', 404, own.accessCookie, { query: `?org_id=${held.orgId}` })],
    'refresh-session': [told("for the other one's organization", 401, own.refreshCookie, { query: `?active_org_id=${held.orgId}` })],
    'log-out': [],
    'log-out-everywhere': [],
    'fetch-signing-keys': [told('its own', 200, {})],
  };
};

/** By row of the table, each row at least once. */
export const edgeTries = (sides: Sides): ReadonlyMap<HostEndpoint, readonly EdgeTry[]> => {
  const things = foreignThings(sides);
  return new Map(HOST_ENDPOINTS.map((endpoint) => [endpoint, [...foreignOpeners(endpoint, sides), ...things[endpoint.id]]]));
};

/** A call of the row for which its own environment returns anything but 404. */
export const ownCall = ({ id, credential }: HostEndpoint, held: EdgeTenant): Omit<EdgeTry, 'status' | 'says'> => {
  const headers =
    credential === 'organization-key'
      ? held.organizationKey
      : { ...held.bearer, cookie: `${held.accessCookie['cookie'] ?? ''}; ${held.refreshCookie['cookie'] ?? ''}`, 'x-org-slug': held.slug };
  const ids: Partial<Record<HostEndpointId, string>> = { 'revoke-organization-key': wireId('key', held.orgKey.id), 'fetch-member': wireId('usr', held.userId) };
  return { headers, id: ids[id] ?? held.personalKey.id, body: FIELDS[id], ...(id === 'list-org-api-keys' ? { query: `?org_id=${held.orgId}` } : {}) };
};
