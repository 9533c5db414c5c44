import type { DtoClass } from '../dto/read-fields.js';
import type { Permission } from '../permissions.js';

export type EndpointMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface EndpointShape {
  readonly id: string;
  /** More than one where the clients do not agree; all do the same. */
  readonly methods: readonly EndpointMethod[];
  /** More than one where the clients do not agree. Parameters in braces; a trailing slash may be there or not. */
  readonly paths: readonly string[];
  /** The process that answers: validations never pass through the gateway. */
  readonly servedBy: 'gateway' | 'validation';
  readonly permission: Permission;
  /** Needed beside `permission` when the body has the field and it is not null. */
  readonly fieldPermissions: Readonly<Record<string, Permission>>;
  /** What a key without the permission gets: 403, or 401 where 403 has another meaning. */
  readonly deniedStatus: 401 | 403;
  /** 426 while organizations are switched off. */
  readonly needsOrganizations: boolean;
  /** Takes an Idempotency-Key: all that create. */
  readonly idempotent: boolean;
  readonly summary: string;
  readonly body: DtoClass | null;
  readonly query: DtoClass | null;
}

const DEFAULTS = {
  servedBy: 'gateway',
  fieldPermissions: {},
  deniedStatus: 403,
  needsOrganizations: false,
  idempotent: false,
  body: null,
  query: null,
} as const satisfies Partial<EndpointShape>;

type Needed = 'id' | 'methods' | 'permission' | 'summary';

/** One row: `method path`, the permission, one sentence, and what differs from the usual. */
export const endpoint = <const Id extends string>(
  id: Id,
  route: `${EndpointMethod} /${string}`,
  permission: Permission,
  summary: string,
  more: Partial<Omit<EndpointShape, Needed>> & { readonly alsoMethod?: EndpointMethod; readonly alsoPath?: string } = {},
): EndpointShape & { readonly id: Id } => {
  const { alsoMethod, alsoPath, ...rest } = more;
  const space = route.indexOf(' ');
  const method = METHODS.find((one) => one === route.slice(0, space)) ?? 'GET';
  return {
    ...DEFAULTS,
    ...rest,
    id,
    methods: alsoMethod === undefined ? [method] : [method, alsoMethod],
    paths: alsoPath === undefined ? [route.slice(space + 1)] : [route.slice(space + 1), alsoPath],
    permission,
    summary,
  };
};

const METHODS: readonly EndpointMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
