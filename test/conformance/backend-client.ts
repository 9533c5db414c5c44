/**
 * What the product cases need of a client, in words of our own, so that clients of other languages and other
 * deployments can run the same cases. Absent and null are both null here: every official client takes either.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface KeyOwner {
  readonly userId?: string;
  readonly orgId?: string;
}
export interface NewKey extends KeyOwner {
  readonly expiresAtSeconds?: number;
  readonly metadata?: JsonObject;
  readonly displayName?: string;
}
export interface Key {
  readonly apiKeyId: string;
  readonly createdAt: number;
  readonly expiresAtSeconds: number | null;
  readonly metadata: JsonObject | null;
  readonly userId: string | null;
  readonly orgId: string | null;
  readonly displayName: string | null;
}
export interface KeyFilter extends KeyOwner {
  readonly userEmail?: string;
  readonly pageSize?: number;
  readonly pageNumber?: number;
}
export interface KeyChanges {
  readonly expiresAtSeconds?: number;
  readonly metadata?: JsonObject;
  readonly setToNeverExpire?: boolean;
}
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly currentPage: number;
  readonly pageSize: number;
  readonly hasMoreResults: boolean;
}

export interface Membership {
  readonly orgId: string;
  readonly orgName: string;
  readonly orgMetadata: JsonObject;
  readonly urlSafeOrgName: string;
  readonly role: string;
  readonly inheritedRoles: readonly string[];
  readonly permissions: readonly string[];
}
export interface User {
  readonly userId: string;
  readonly email: string;
  readonly emailConfirmed: boolean;
  readonly hasPassword: boolean;
  readonly locked: boolean;
  readonly enabled: boolean;
  readonly mfaEnabled: boolean;
  readonly canCreateOrgs: boolean;
  readonly createdAt: number;
  readonly username: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly pictureUrl: string | null;
  readonly legacyUserId: string | null;
  readonly metadata: JsonObject | null;
  readonly properties: JsonObject | null;
  readonly orgs: Readonly<Record<string, Membership>> | null;
  readonly roleInOrg: string | null;
}
export interface NewUser {
  readonly email: string;
  readonly emailConfirmed?: boolean;
  readonly password?: string;
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly properties?: JsonObject;
}
export interface UserChanges {
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly pictureUrl?: string;
  readonly metadata?: JsonObject;
  readonly properties?: JsonObject;
  readonly legacyUserId?: string;
}
export interface UserQuery {
  readonly pageSize?: number;
  readonly pageNumber?: number;
  readonly orderBy?: 'CREATED_AT_ASC' | 'CREATED_AT_DESC' | 'LAST_ACTIVE_AT_ASC' | 'LAST_ACTIVE_AT_DESC' | 'EMAIL' | 'USERNAME';
  readonly emailOrUsername?: string;
  readonly includeOrgs?: boolean;
  readonly legacyUserId?: string;
}
export interface UsersInOrgQuery {
  readonly orgId: string;
  readonly pageSize?: number;
  readonly pageNumber?: number;
  readonly role?: string;
}

export interface NewOrg {
  readonly name: string;
  readonly domain?: string;
  readonly maxUsers?: number;
  readonly legacyOrgId?: string;
}
export interface Org {
  readonly orgId: string;
  readonly name: string;
  readonly maxUsers: number | null;
  readonly metadata: JsonObject | null;
  readonly domain: string | null;
  readonly legacyOrgId: string | null;
  readonly canSetupSaml: boolean;
}
export interface OrgChanges {
  readonly name?: string;
  readonly metadata?: JsonObject;
  readonly maxUsers?: number;
  readonly canSetupSaml?: boolean;
  readonly domain?: string;
  readonly legacyOrgId?: string;
}
export interface OrgQuery {
  readonly pageSize?: number;
  readonly pageNumber?: number;
  readonly orderBy?: 'CREATED_AT_ASC' | 'CREATED_AT_DESC' | 'NAME';
  readonly name?: string;
  readonly legacyOrgId?: string;
  readonly domain?: string;
}
export interface OrgRow {
  readonly orgId: string;
  readonly name: string;
  readonly createdAt: number | null;
}

export interface Validation {
  readonly metadata: JsonObject | null;
  readonly user: User | null;
  readonly org: { readonly orgId: string; readonly name: string; readonly metadata: JsonObject } | null;
  readonly userInOrg: Membership | null;
}

/** The user that a checked access token speaks of. */
export interface TokenUser {
  readonly userId: string;
  readonly email: string;
  readonly activeOrgId: string | null;
  readonly loginMethod: string;
  readonly orgs: Readonly<Record<string, Membership>>;
}

export interface BackendClient {
  createKey(key: NewKey): Promise<{ apiKeyId: string; apiKeyToken: string }>;
  fetchKey(apiKeyId: string): Promise<Key>;
  fetchCurrentKeys(filter: KeyFilter): Promise<Page<Key>>;
  fetchArchivedKeys(filter: KeyFilter): Promise<Page<Key>>;
  updateKey(apiKeyId: string, changes: KeyChanges): Promise<boolean>;
  deleteKey(apiKeyId: string): Promise<boolean>;
  validateKey(token: string): Promise<Validation>;
  validatePersonalKey(token: string): Promise<Validation>;
  validateOrgKey(token: string): Promise<Validation>;
  importKey(key: NewKey & { readonly importedApiKey: string }): Promise<{ apiKeyId: string }>;
  validateImportedKey(token: string): Promise<Validation>;
  fetchKeyUsage(query: KeyOwner & { readonly date: string; readonly apiKeyId?: string }): Promise<number>;

  createUser(user: NewUser): Promise<{ userId: string }>;
  fetchUser(userId: string, includeOrgs?: boolean): Promise<User | null>;
  fetchUserByEmail(email: string, includeOrgs?: boolean): Promise<User | null>;
  fetchUserByUsername(username: string, includeOrgs?: boolean): Promise<User | null>;
  fetchUsersByIds(ids: readonly string[], includeOrgs?: boolean): Promise<Readonly<Record<string, User>>>;
  fetchUsersByEmails(emails: readonly string[]): Promise<Readonly<Record<string, User>>>;
  fetchUsersByUsernames(usernames: readonly string[]): Promise<Readonly<Record<string, User>>>;
  queryUsers(query: UserQuery): Promise<Page<User>>;
  queryUsersInOrg(query: UsersInOrgQuery): Promise<Page<User>>;
  updateUser(userId: string, changes: UserChanges): Promise<boolean>;
  updateEmail(userId: string, newEmail: string, requireEmailConfirmation: boolean): Promise<boolean>;
  updatePassword(userId: string, password: string): Promise<boolean>;
  clearPassword(userId: string): Promise<boolean>;
  disableUser(userId: string): Promise<boolean>;
  enableUser(userId: string): Promise<boolean>;
  deleteUser(userId: string): Promise<boolean>;
  logoutAllSessions(userId: string): Promise<boolean>;
  enableOrgCreation(userId: string): Promise<boolean>;
  disableOrgCreation(userId: string): Promise<boolean>;

  createOrg(org: NewOrg): Promise<{ orgId: string; name: string }>;
  fetchOrg(orgId: string): Promise<Org | null>;
  queryOrgs(query: OrgQuery): Promise<Page<OrgRow>>;
  updateOrg(orgId: string, changes: OrgChanges): Promise<boolean>;
  deleteOrg(orgId: string): Promise<boolean>;
  addUserToOrg(userId: string, orgId: string, role: string): Promise<boolean>;
  changeRole(userId: string, orgId: string, role: string): Promise<boolean>;
  removeUserFromOrg(userId: string, orgId: string): Promise<boolean>;

  createAccessToken(userId: string, durationInMinutes: number, activeOrgId?: string): Promise<string>;
  /** Checks signature, issuer and expiry as the client does, with the metadata fetched from the server. */
  checkAccessToken(authorizationHeader: string): Promise<TokenUser>;
}
export type CallName = keyof BackendClient;

export type Failure =
  | 'bad-request'
  | 'wrong-backend-key'
  | 'platform-limit'
  | 'key-limit'
  | 'user-not-found'
  | 'access-tokens-off'
  | 'organizations-off'
  | 'other';

/** What a client's own error came down to; `typed` says that it is the class the client documents for this call. */
export class CallFailed extends Error {
  constructor(
    readonly failure: Failure,
    readonly details: {
      readonly typed: boolean;
      readonly fields?: Readonly<Record<string, string | readonly string[]>>;
      readonly waitSeconds?: number;
      readonly errorCode?: string;
      readonly cause: unknown;
    },
  ) {
    super(`${failure}: ${details.cause instanceof Error ? details.cause.message : String(details.cause)}`, { cause: details.cause });
    this.name = 'CallFailed';
  }
}

/** A client at work against a deployment, with the few operator's steps that the cases need. */
export interface ClientUnderTest {
  readonly client: BackendClient;
  readonly withBackendKey: (backendKey: string) => BackendClient;
  /** On return the deployment goes by the new settings. */
  readonly changeSettings: (changes: JsonObject) => Promise<void>;
  readonly newBackendKey: (permissions: string) => Promise<string>;
  readonly close: () => Promise<void>;
}
