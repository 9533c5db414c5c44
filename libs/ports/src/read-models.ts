import type { ApiKeyState, BackendKeyState, EnvironmentState, OrganizationState, UserState } from '@app/domain';

/** The read models' rows: folded states, by id. A row never goes back: a write with an older `pos` is ignored. */
export interface ViewRows {
  environments: EnvironmentState;
  users: UserState;
  organizations: OrganizationState;
  apiKeys: ApiKeyState;
  backendKeys: BackendKeyState;
}
export type ViewName = keyof ViewRows;

export interface ViewRow<Name extends ViewName = ViewName> {
  readonly view: Name;
  readonly id: string;
  /** Position of the last commit folded into `state`. */
  readonly pos: number;
  readonly state: ViewRows[Name];
}

/** The position of each projection, and the rows that it writes. Deletable: everything here can be rebuilt from the log. */
export abstract class ViewStore {
  /** Position up to which the projection is complete; 0 if it never ran or its version changed. */
  abstract position(projection: string, version: number): Promise<number>;
  abstract load<Name extends ViewName>(view: Name, ids: readonly string[]): Promise<ReadonlyMap<string, ViewRow<Name>>>;
  /** Writes the rows (each guarded by its own `pos`) and then the projection's position: repeating it is harmless. */
  abstract save(projection: string, version: number, uptoPos: number, rows: readonly ViewRow[]): Promise<void>;
  abstract close(): Promise<void>;
}

export interface PageRequest {
  /** From 0. */
  readonly pageNumber: number;
  /** 1 to 200; the edge asks for 100 at most. */
  readonly pageSize: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

export type UserOrder = 'CREATED_AT_ASC' | 'CREATED_AT_DESC' | 'LAST_ACTIVE_AT_ASC' | 'LAST_ACTIVE_AT_DESC' | 'EMAIL' | 'USERNAME';

export interface UserQuery extends PageRequest {
  readonly environmentId: string;
  readonly orderBy: UserOrder;
  /** Case-insensitive part of the address or user name. */
  readonly emailOrUsername: string | null;
  readonly legacyUserId: string | null;
  /** Only active members of it. */
  readonly orgId: string | null;
  /** Exact and case-sensitive; with `orgId` only: the role or one of the additional roles. */
  readonly role: string | null;
}

/** Deleted users and organizations are never in a result. */
export abstract class DirectoryViews {
  abstract environments(): Promise<readonly EnvironmentState[]>;
  abstract userById(environmentId: string, userIds: readonly string[]): Promise<readonly UserState[]>;
  /** Case-insensitive; in the order of the rows, missing ones left out. */
  abstract usersByEmail(environmentId: string, emails: readonly string[]): Promise<readonly UserState[]>;
  abstract usersByUsername(environmentId: string, usernames: readonly string[]): Promise<readonly UserState[]>;
  abstract queryUsers(query: UserQuery): Promise<Page<UserState>>;
  abstract organizationsById(environmentId: string, orgIds: readonly string[]): Promise<readonly OrganizationState[]>;
  abstract queryOrganizations(query: OrganizationQuery): Promise<Page<OrganizationState>>;
}

export interface OrganizationQuery extends PageRequest {
  readonly environmentId: string;
  readonly orderBy: 'CREATED_AT_ASC' | 'CREATED_AT_DESC' | 'NAME';
  /** Case-insensitive part of the name. */
  readonly name: string | null;
  readonly legacyOrgId: string | null;
  readonly domain: string | null;
}

export type KeyOrder = 'CREATED_AT_ASC' | 'CREATED_AT_DESC' | 'EXPIRES_AT_ASC' | 'EXPIRES_AT_DESC';

export interface KeyQuery extends PageRequest {
  readonly environmentId: string;
  /** `any`: active and archived ones in one list. */
  readonly life: 'active' | 'archived' | 'any';
  /** A key whose `expiresAtMs` is at or before this is archived. */
  readonly nowMs: number;
  /** Leaves out keys that ended at or before it, as `keyEndsAtMs` of the domain says. */
  readonly endedAfterMs: number | null;
  readonly userId: string | null;
  readonly orgId: string | null;
  /** Only keys with a user and without an organization. */
  readonly personalOnly: boolean;
  /** Case-insensitive part of the key's id; ids are lower-case. */
  readonly keyIdPart: string | null;
  readonly orderBy: KeyOrder;
}

/** A key's place in the order in which keys were issued. */
export type IssuedPlace = Pick<ApiKeyState, 'issuedPos' | 'keyId'>;

/**
 * Which keys a cause may end: asked by the cascade page by page, in the order in which they were issued, ties by key id. Keys issued
 * one after another lie side by side in a store; by id, which is random, each would be a page of the file to itself.
 */
export interface PrincipalKeysQuery {
  readonly environmentId: string;
  readonly principal: { readonly userId: string } | { readonly creatorId: string } | { readonly orgId: string };
  /** Only keys issued before this position. */
  readonly beforePos: number;
  readonly after: IssuedPlace | null;
  readonly limit: number;
}

/** A key's place among the keys of an organization, newest first. */
export type CreatedPlace = Pick<ApiKeyState, 'createdAtMs' | 'keyId'>;

/** A part of a long list: by the place where the previous part ended, because an offset would cost more with every part. */
export interface OrganizationKeysQuery {
  readonly environmentId: string;
  readonly orgId: string;
  readonly nowMs: number;
  /** Leaves out keys that ended at or before it. */
  readonly endedAfterMs: number;
  /** Null for the first part. */
  readonly after: CreatedPlace | null;
  readonly limit: number;
}

export abstract class KeyViews {
  abstract keyById(environmentId: string, keyId: string): Promise<ApiKeyState | null>;
  /**
   * Ties by id. A key that never expires sorts as the latest expiry of all. Ascending is exactly descending in reverse, ties included.
   */
  abstract queryKeys(query: KeyQuery): Promise<Page<ApiKeyState>>;
  /** Living and ended ones, newest first, ties by id. */
  abstract organizationKeys(query: OrganizationKeysQuery): Promise<readonly ApiKeyState[]>;
  abstract keysOfPrincipal(query: PrincipalKeysQuery): Promise<readonly ApiKeyState[]>;
  /** Newest first. */
  abstract backendKeys(environmentId: string): Promise<readonly BackendKeyState[]>;
}
