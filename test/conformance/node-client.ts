import { getApis, toUser, type InternalUser, type OrgMemberInfo } from '@propelauth/node-apis';
import * as propelauth from '@propelauth/node-apis';
import { importSPKI, jwtVerify } from 'jose';
import {
  CallFailed,
  type BackendClient,
  type CallName,
  type ClientUnderTest,
  type Key,
  type Membership,
  type Org,
  type Page,
  type User,
  type Validation,
} from './backend-client.js';
import { swapOrigin } from './swapped-origin.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

/** The class that the client documents for a 400 to each call; the others answer 400 with a plain Error. */
const EXCEPTIONS: Partial<Record<CallName, abstract new (...args: never[]) => Error>> = {
  createKey: propelauth.ApiKeyCreateException,
  fetchKey: propelauth.ApiKeyFetchException,
  fetchCurrentKeys: propelauth.ApiKeyFetchException,
  fetchArchivedKeys: propelauth.ApiKeyFetchException,
  fetchKeyUsage: propelauth.ApiKeyFetchException,
  updateKey: propelauth.ApiKeyUpdateException,
  deleteKey: propelauth.ApiKeyDeleteException,
  validateKey: propelauth.ApiKeyValidateException,
  validatePersonalKey: propelauth.ApiKeyValidateException,
  validateOrgKey: propelauth.ApiKeyValidateException,
  validateImportedKey: propelauth.ApiKeyValidateException,
  importKey: propelauth.ApiKeyImportException,
  createUser: propelauth.CreateUserException,
  updateUser: propelauth.UpdateUserMetadataException,
  updateEmail: propelauth.UpdateUserEmailException,
  updatePassword: propelauth.UpdateUserPasswordException,
  createOrg: propelauth.CreateOrgException,
  updateOrg: propelauth.UpdateOrgException,
  addUserToOrg: propelauth.AddUserToOrgException,
  changeRole: propelauth.ChangeUserRoleInOrgException,
  removeUserFromOrg: propelauth.RemoveUserFromOrgException,
  createAccessToken: propelauth.AccessTokenCreationException,
};

type Fields = Readonly<Record<string, string | readonly string[]>>;
const fieldsOf = (error: Error): Fields | undefined => ('fieldToErrors' in error ? (error.fieldToErrors as Fields) : undefined);

const failureOf = (call: CallName, error: Error): CallFailed => {
  const typed = { typed: true, cause: error };
  const exception = EXCEPTIONS[call];
  if (exception !== undefined && error instanceof exception) return new CallFailed('bad-request', { ...typed, fields: fieldsOf(error) ?? {} });
  if (error instanceof propelauth.ApiKeyValidateRateLimitedException) {
    return new CallFailed('key-limit', { ...typed, waitSeconds: error.waitSeconds, errorCode: error.errorCode });
  }
  if (error instanceof propelauth.RateLimitedException) return new CallFailed('platform-limit', typed);
  if (error instanceof propelauth.UserNotFoundException) return new CallFailed('user-not-found', typed);
  if (error.message === 'integrationApiKey is incorrect') return new CallFailed('wrong-backend-key', typed);
  if (error.message === 'Access token creation is not enabled') return new CallFailed('access-tokens-off', typed);
  if (error.message.startsWith('Cannot use organizations unless B2B support is enabled')) return new CallFailed('organizations-off', typed);
  if (/^(?:Invalid query|Bad request) \{/.test(error.message)) {
    const fields = JSON.parse(error.message.slice(error.message.indexOf('{'))) as Fields;
    return new CallFailed('bad-request', { typed: exception === undefined, fields, cause: error });
  }
  return new CallFailed('other', { typed: false, cause: error });
};

const orNull = <Value>(value: Value | null | undefined): Value | null => value ?? null;

const membershipOf = (info: OrgMemberInfo): Membership => ({
  orgId: info.orgId,
  orgName: info.orgName,
  orgMetadata: info.orgMetadata,
  urlSafeOrgName: info.urlSafeOrgName,
  role: info.assignedRole,
  inheritedRoles: info.inheritedRolesPlusCurrentRole,
  permissions: info.permissions,
});

const membershipsOf = (infos: Readonly<Record<string, OrgMemberInfo>>): Readonly<Record<string, Membership>> =>
  Object.fromEntries(Object.entries(infos).map(([orgId, info]) => [orgId, membershipOf(info)]));

const userOf = (user: propelauth.UserMetadata & { roleInOrg?: string }): User => ({
  userId: user.userId,
  email: user.email,
  emailConfirmed: user.emailConfirmed,
  hasPassword: user.hasPassword,
  locked: user.locked,
  enabled: user.enabled,
  mfaEnabled: user.mfaEnabled,
  canCreateOrgs: user.canCreateOrgs,
  createdAt: user.createdAt,
  username: orNull(user.username),
  firstName: orNull(user.firstName),
  lastName: orNull(user.lastName),
  pictureUrl: orNull(user.pictureUrl),
  legacyUserId: orNull(user.legacyUserId),
  metadata: orNull(user.metadata),
  properties: orNull(user.properties),
  orgs: user.orgIdToOrgInfo === undefined ? null : membershipsOf(user.orgIdToOrgInfo),
  roleInOrg: orNull(user.roleInOrg),
});

const usersOf = (users: Readonly<Record<string, propelauth.UserMetadata>>): Readonly<Record<string, User>> =>
  Object.fromEntries(Object.entries(users).map(([name, user]) => [name, userOf(user)]));

const keyOf = (key: propelauth.ApiKeyFull): Key => ({ ...key, displayName: orNull(key.displayName) });

interface ClientPage {
  readonly currentPage: number;
  readonly pageSize: number;
  readonly hasMoreResults: boolean;
}
const pageOf = <Item>(page: ClientPage, total: number, items: readonly Item[]): Page<Item> => ({
  items,
  total,
  currentPage: page.currentPage,
  pageSize: page.pageSize,
  hasMoreResults: page.hasMoreResults,
});

const keyPageOf = (page: propelauth.ApiKeyResultPage): Page<Key> => pageOf(page, page.totalApiKeys, page.apiKeys.map(keyOf));

// The client's types say `name`; what it hands over is `orgName` as the server sends it.
const validationOf = (found: Partial<propelauth.ApiKeyValidation>): Validation => ({
  metadata: orNull(found.metadata),
  user: found.user ? userOf(found.user) : null,
  org: found.org ? { orgId: found.org.orgId, name: (found.org as unknown as { orgName: string }).orgName, metadata: found.org.metadata } : null,
  userInOrg: found.userInOrg ? membershipOf(found.userInOrg) : null,
});

const orgOf = (org: propelauth.Organization): Org => ({
  orgId: org.orgId,
  name: org.name,
  maxUsers: orNull(org.maxUsers),
  metadata: orNull(org.metadata),
  domain: orNull(org.domain),
  legacyOrgId: orNull(org.legacyOrgId),
  canSetupSaml: org.canSetupSaml,
});

const keyCalls = (apis: ReturnType<typeof getApis>) =>
  ({
    createKey: (key) => apis.createApiKey(key),
    fetchKey: async (id) => keyOf(await apis.fetchApiKey(id)),
    fetchCurrentKeys: async (filter) => keyPageOf(await apis.fetchCurrentApiKeys(filter)),
    fetchArchivedKeys: async (filter) => keyPageOf(await apis.fetchArchivedApiKeys(filter)),
    // The client's type for `metadata` is text; the wire takes an object, and the client sends what it is given.
    updateKey: (id, changes) => apis.updateApiKey(id, changes as unknown as propelauth.ApiKeyUpdateRequest),
    deleteKey: (id) => apis.deleteApiKey(id),
    validateKey: async (token) => validationOf(await apis.validateApiKey(token)),
    validatePersonalKey: async (token) => validationOf(await apis.validatePersonalApiKey(token)),
    validateOrgKey: async (token) => validationOf(await apis.validateOrgApiKey(token)),
    // This client leaves the answer of an import in snake case in its types, in camel case at run time.
    importKey: async (key) => (await apis.importApiKey(key)) as unknown as { apiKeyId: string },
    validateImportedKey: async (token) => validationOf(await apis.validateImportedApiKey(token)),
    fetchKeyUsage: async ({ apiKeyId, ...query }) =>
      (await apis.fetchApiKeyUsage({ ...query, ...(apiKeyId === undefined ? {} : { api_key_id: apiKeyId }) })).count,
  }) satisfies Partial<BackendClient>;

const userCalls = (apis: ReturnType<typeof getApis>) =>
  ({
    createUser: (user) => apis.createUser(user),
    fetchUser: async (id, orgs) => nullOr(userOf, await apis.fetchUserMetadataByUserId(id, orgs)),
    fetchUserByEmail: async (email, orgs) => nullOr(userOf, await apis.fetchUserMetadataByEmail(email, orgs)),
    fetchUserByUsername: async (username, orgs) => nullOr(userOf, await apis.fetchUserMetadataByUsername(username, orgs)),
    fetchUsersByIds: async (ids, orgs) => usersOf(await apis.fetchBatchUserMetadataByUserIds([...ids], orgs)),
    fetchUsersByEmails: async (emails) => usersOf(await apis.fetchBatchUserMetadataByEmails([...emails])),
    fetchUsersByUsernames: async (usernames) => usersOf(await apis.fetchBatchUserMetadataByUsernames([...usernames])),
    queryUsers: async (query) => {
      const page = await apis.fetchUsersByQuery(query);
      return pageOf(page, page.totalUsers, page.users.map(userOf));
    },
    queryUsersInOrg: async (query) => {
      const page = await apis.fetchUsersInOrg(query);
      return pageOf(page, page.totalUsers, page.users.map(userOf));
    },
    updateUser: (id, changes) => apis.updateUserMetadata(id, changes),
    updateEmail: (id, newEmail, requireEmailConfirmation) => apis.updateUserEmail(id, { newEmail, requireEmailConfirmation }),
    updatePassword: (id, password) => apis.updateUserPassword(id, { password }),
    clearPassword: (id) => apis.clearUserPassword(id),
    disableUser: (id) => apis.disableUser(id),
    enableUser: (id) => apis.enableUser(id),
    deleteUser: (id) => apis.deleteUser(id),
    logoutAllSessions: (id) => apis.logoutAllUserSessions(id),
    enableOrgCreation: (id) => apis.enableUserCanCreateOrgs(id),
    disableOrgCreation: (id) => apis.disableUserCanCreateOrgs(id),
  }) satisfies Partial<BackendClient>;

const orgCalls = (apis: ReturnType<typeof getApis>) =>
  ({
    createOrg: (org) => apis.createOrg(org),
    fetchOrg: async (id) => nullOr(orgOf, await apis.fetchOrg(id)),
    queryOrgs: async (query) => {
      const page = await apis.fetchOrgByQuery(query);
      return pageOf(
        page,
        page.totalOrgs,
        page.orgs.map((org) => ({ orgId: org.orgId, name: org.name, createdAt: orNull(org.createdAt) })),
      );
    },
    updateOrg: (orgId, changes) => apis.updateOrg({ orgId, ...changes }),
    deleteOrg: (id) => apis.deleteOrg(id),
    addUserToOrg: (userId, orgId, role) => apis.addUserToOrg({ userId, orgId, role }),
    changeRole: (userId, orgId, role) => apis.changeUserRoleInOrg({ userId, orgId, role }),
    removeUserFromOrg: (userId, orgId) => apis.removeUserFromOrg({ userId, orgId }),
  }) satisfies Partial<BackendClient>;

// This package fetches the verification metadata but leaves the check itself to its companions, which do this.
const tokenCalls = (apis: ReturnType<typeof getApis>) =>
  ({
    createAccessToken: async (userId, durationInMinutes, activeOrgId) =>
      (await apis.createAccessToken({ userId, durationInMinutes, ...(activeOrgId === undefined ? {} : { activeOrgId }) })).access_token,
    checkAccessToken: async (header) => {
      const { verifierKey, issuer } = await apis.fetchTokenVerificationMetadata();
      const key = await importSPKI(verifierKey, 'RS256');
      const { payload } = await jwtVerify(header.replace(/^Bearer /i, ''), key, { issuer, algorithms: ['RS256'] });
      const user = toUser(payload as unknown as InternalUser);
      return {
        userId: user.userId,
        email: user.email,
        activeOrgId: orNull(user.activeOrgId),
        loginMethod: user.loginMethod.loginMethod,
        orgs: membershipsOf(user.orgIdToOrgMemberInfo ?? {}),
      };
    },
  }) satisfies Partial<BackendClient>;

const nullOr = <From, To>(map: (from: From) => To, value: From | null): To | null => (value === null ? null : map(value));

/** Every error of the client comes out as a CallFailed that says what it was. */
const withFailures = (client: BackendClient): BackendClient =>
  new Proxy(client, {
    get:
      (target, call: CallName) =>
      async (...args: unknown[]): Promise<unknown> => {
        try {
          return await Reflect.apply(target[call], target, args);
        } catch (error) {
          throw error instanceof Error ? failureOf(call, error) : error;
        }
      },
  });

export const nodeClient = (authUrl: string, backendKey: string): BackendClient => {
  const apis = getApis(new URL(authUrl), backendKey);
  return withFailures({ ...keyCalls(apis), ...userCalls(apis), ...orgCalls(apis), ...tokenCalls(apis) });
};

/** The unmodified `@propelauth/node-apis` against a fresh server. */
export const openNodeClient = (server: TestedServer): ClientUnderTest => {
  const restore = swapOrigin(server.origin);
  return {
    client: nodeClient(server.authUrl, server.backendKey),
    withBackendKey: (backendKey) => nodeClient(server.authUrl, backendKey),
    changeSettings: (changes) => server.changeSettings(changes),
    newBackendKey: (permissions) => server.newBackendKey(permissions),
    close: async () => {
      restore();
      await server.remove();
    },
  };
};
