import type { DtoClass } from '../dto/read-fields.js';
import type { Permission } from '../permissions.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type EndpointMethod = (typeof METHODS)[number];

/** The APIs whose environment is the one of the host that is called. */
export type HostApi = 'organization' | 'frontend' | 'session';
/** Each API has its own form of error. */
export type ApiName = 'backend' | HostApi;

/** What an API requires of all its calls. A row of the table of endpoints says the rest. */
export interface ApiRules {
  /** What names the environment: the backend key, or the host that is called. */
  readonly environmentBy: 'backend-key' | 'host';
  /** Whether the refresh token's cookie authenticates a call without a valid access token: a browser keeps it longer, and frameworks forward nothing else. */
  readonly takesRefreshCookie: boolean;
  /** Whether a page must send the constant header that the official client sends: a form on another site cannot send a header at all. */
  readonly needsCsrfHeader: boolean;
}

export const API_RULES: Readonly<Record<ApiName, ApiRules>> = {
  backend: { environmentBy: 'backend-key', takesRefreshCookie: false, needsCsrfHeader: false },
  frontend: { environmentBy: 'host', takesRefreshCookie: true, needsCsrfHeader: true },
  organization: { environmentBy: 'host', takesRefreshCookie: false, needsCsrfHeader: false },
  session: { environmentBy: 'host', takesRefreshCookie: false, needsCsrfHeader: false },
};

/**
 * What authenticates a call. `session`: an access token (bearer or cookie) or, in the frontend API, the refresh token's cookie.
 * `refresh-cookie`: that cookie alone. `organization-key`: an organization's key in X-API-Key.
 */
export type HostCredential = 'session' | 'refresh-cookie' | 'organization-key' | 'none';

interface EndpointShape {
  readonly id: string;
  /** More than one where the clients disagree. All do the same. */
  readonly methods: readonly [EndpointMethod, ...EndpointMethod[]];
  /** More than one where the clients disagree. Parameters are in braces; a trailing slash is optional. */
  readonly paths: readonly [string, ...string[]];
  readonly status: 200 | 201;
  /** The heading of the endpoint in the reference: a few words, unique. */
  readonly summary: string;
  /** Markdown: what the call does and, for a change, when it is final. */
  readonly description: string;
  readonly body: DtoClass | null;
  readonly query: DtoClass | null;
  /** Pages of every origin may call this: the response is public and the same for every caller. */
  readonly hasPublicCors: boolean;
  /** 426 while organizations are disabled. */
  readonly needsOrganizations: boolean;
}

/** A row of the backend API. The backend key names the environment. */
export interface BackendShape extends EndpointShape {
  readonly api: 'backend';
  readonly credential: 'backend-key';
  /** The process that responds: validations never pass through the gateway. */
  readonly servedBy: 'gateway' | 'validation';
  readonly permission: Permission;
  /** Needed in addition to `permission` when the body has the field and it is not null. */
  readonly fieldPermissions: Readonly<Record<string, Permission>>;
  /** What a key without the permission gets: 403, or 401 if 403 has another meaning. */
  readonly deniedStatus: 401 | 403;
  /** Accepts an Idempotency-Key: every call that creates something. */
  readonly idempotent: boolean;
}

/** A row of an API whose environment is named by the host. */
export interface HostShape extends EndpointShape {
  readonly api: HostApi;
  readonly credential: HostCredential;
  readonly servedBy: 'gateway';
}

type Route = `${EndpointMethod} /${string}`;

const DEFAULTS = { status: 200, body: null, query: null, hasPublicCors: false, needsOrganizations: false, servedBy: 'gateway' } as const;

const placed = (route: Route): { readonly method: EndpointMethod; readonly path: string } => {
  const space = route.indexOf(' ');
  return { method: METHODS.find((one) => one === route.slice(0, space)) ?? 'GET', path: route.slice(space + 1) };
};

type Words = Pick<EndpointShape, 'summary' | 'description'>;
type MoreOfBackend = Words &
  Partial<Omit<BackendShape, 'id' | 'api' | 'credential' | 'methods' | 'paths' | 'permission' | keyof Words>> & {
    readonly alsoMethod?: EndpointMethod;
    readonly alsoPath?: string;
  };

/** One row of the backend API: `method path`, the permission, the words of the reference, and what differs from the defaults. */
export const backendEndpoint = <const Id extends string>(
  id: Id,
  route: Route,
  permission: Permission,
  { alsoMethod, alsoPath, ...more }: MoreOfBackend,
): BackendShape & { readonly id: Id } => {
  const { method, path } = placed(route);
  return {
    ...DEFAULTS,
    fieldPermissions: {},
    deniedStatus: 403,
    idempotent: false,
    ...more,
    id,
    api: 'backend',
    credential: 'backend-key',
    methods: alsoMethod === undefined ? [method] : [method, alsoMethod],
    paths: alsoPath === undefined ? [path] : [path, alsoPath],
    permission,
  };
};

type SomeOfHost = Partial<Pick<HostShape, 'status' | 'body' | 'query' | 'hasPublicCors' | 'needsOrganizations'>>;

/** Builds the rows of one API whose environment is named by the host: `method path`, the credential, the words of the reference, and the rest. */
export const hostEndpoints =
  (api: HostApi, usual: SomeOfHost = {}) =>
  <const Id extends string>(id: Id, route: Route, credential: HostCredential, more: Words & SomeOfHost): HostShape & { readonly id: Id } => {
    const { method, path } = placed(route);
    return { ...DEFAULTS, ...usual, ...more, id, api, credential, methods: [method], paths: [path] };
  };
