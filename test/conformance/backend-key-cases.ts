import { expect, it } from 'vitest';
import type { BackendClient } from './backend-client.js';
import { type Context, expectFailure, newEmail, newLegacyToken, newMember, newName, newUser, UNKNOWN_ID, UNKNOWN_KEY_ID } from './case-context.js';

/** Every call with arguments that reach the server. */
const CALLS: Readonly<Record<keyof BackendClient, (client: BackendClient) => Promise<unknown>>> = {
  createKey: (client) => client.createKey({}),
  fetchKey: (client) => client.fetchKey(UNKNOWN_KEY_ID),
  fetchCurrentKeys: (client) => client.fetchCurrentKeys({}),
  fetchArchivedKeys: (client) => client.fetchArchivedKeys({}),
  updateKey: (client) => client.updateKey(UNKNOWN_KEY_ID, {}),
  deleteKey: (client) => client.deleteKey(UNKNOWN_KEY_ID),
  validateKey: (client) => client.validateKey('anything'),
  validatePersonalKey: (client) => client.validatePersonalKey('anything'),
  validateOrgKey: (client) => client.validateOrgKey('anything'),
  importKey: (client) => client.importKey({ importedApiKey: newLegacyToken() }),
  validateImportedKey: (client) => client.validateImportedKey('anything'),
  fetchKeyUsage: (client) => client.fetchKeyUsage({ date: '2024-01-01' }),
  createUser: (client) => client.createUser({ email: newEmail() }),
  fetchUser: (client) => client.fetchUser(UNKNOWN_ID),
  fetchUserByEmail: (client) => client.fetchUserByEmail(newEmail()),
  fetchUserByUsername: (client) => client.fetchUserByUsername('nobody'),
  fetchUsersByIds: (client) => client.fetchUsersByIds([UNKNOWN_ID]),
  fetchUsersByEmails: (client) => client.fetchUsersByEmails([newEmail()]),
  fetchUsersByUsernames: (client) => client.fetchUsersByUsernames(['nobody']),
  queryUsers: (client) => client.queryUsers({}),
  queryUsersInOrg: (client) => client.queryUsersInOrg({ orgId: UNKNOWN_ID }),
  updateUser: (client) => client.updateUser(UNKNOWN_ID, {}),
  updateEmail: (client) => client.updateEmail(UNKNOWN_ID, newEmail(), false),
  updatePassword: (client) => client.updatePassword(UNKNOWN_ID, 'a long enough password'),
  clearPassword: (client) => client.clearPassword(UNKNOWN_ID),
  disableUser: (client) => client.disableUser(UNKNOWN_ID),
  enableUser: (client) => client.enableUser(UNKNOWN_ID),
  deleteUser: (client) => client.deleteUser(UNKNOWN_ID),
  logoutAllSessions: (client) => client.logoutAllSessions(UNKNOWN_ID),
  enableOrgCreation: (client) => client.enableOrgCreation(UNKNOWN_ID),
  disableOrgCreation: (client) => client.disableOrgCreation(UNKNOWN_ID),
  createOrg: (client) => client.createOrg({ name: newName() }),
  fetchOrg: (client) => client.fetchOrg(UNKNOWN_ID),
  queryOrgs: (client) => client.queryOrgs({}),
  updateOrg: (client) => client.updateOrg(UNKNOWN_ID, {}),
  deleteOrg: (client) => client.deleteOrg(UNKNOWN_ID),
  addUserToOrg: (client) => client.addUserToOrg(UNKNOWN_ID, UNKNOWN_ID, 'Member'),
  changeRole: (client) => client.changeRole(UNKNOWN_ID, UNKNOWN_ID, 'Member'),
  removeUserFromOrg: (client) => client.removeUserFromOrg(UNKNOWN_ID, UNKNOWN_ID),
  createAccessToken: (client) => client.createAccessToken(UNKNOWN_ID, 60),
  checkAccessToken: (client) => client.checkAccessToken('Bearer anything'),
};

export const backendKeyCases = (context: Context): void => {
  it.each(Object.entries(CALLS))('a wrong backend key opens nothing: %s', async (_, call) => {
    await expectFailure(call(context().withBackendKey('ab'.repeat(64))), 'wrong-backend-key');
  });

  it('an end-user key never opens the backend API', async () => {
    const { client, withBackendKey } = context();
    const { apiKeyToken } = await client.createKey({ userId: await newUser(client) });
    await expectFailure(withBackendKey(apiKeyToken).queryUsers({}), 'wrong-backend-key');
    await expectFailure(withBackendKey(apiKeyToken).validateKey(apiKeyToken), 'wrong-backend-key');
  });

  it('a key for validation only validates and checks tokens, and is refused everything else', async () => {
    const { client, withBackendKey, newBackendKey } = context();
    const { userId, orgId } = await newMember(client);
    const { apiKeyToken } = await client.createKey({ userId, orgId });
    const accessToken = await client.createAccessToken(userId, 60);
    const validating = withBackendKey(await newBackendKey('validation-only'));
    expect((await validating.validateKey(apiKeyToken)).user?.userId).toBe(userId);
    expect((await validating.checkAccessToken(`Bearer ${accessToken}`)).userId).toBe(userId);
    await expectFailure(validating.createKey({}), 'other');
    await expectFailure(validating.fetchUser(userId), 'other');
    await expectFailure(validating.disableUser(userId), 'other');
    // Here 403 would mean that there is no such user, so the missing permission is a 401.
    await expectFailure(validating.createAccessToken(userId, 60), 'wrong-backend-key');
  });

  it('a key that reads and validates changes nothing', async () => {
    const { client, withBackendKey, newBackendKey } = context();
    const { userId, orgId } = await newMember(client);
    const { apiKeyId, apiKeyToken } = await client.createKey({ userId });
    const reading = withBackendKey(await newBackendKey('read-and-validate'));
    expect((await reading.fetchUser(userId))?.userId).toBe(userId);
    expect((await reading.fetchOrg(orgId))?.orgId).toBe(orgId);
    expect((await reading.fetchKey(apiKeyId)).apiKeyId).toBe(apiKeyId);
    expect((await reading.fetchCurrentKeys({ userId })).total).toBe(1);
    expect((await reading.validateKey(apiKeyToken)).user?.userId).toBe(userId);
    const changes = [
      () => reading.deleteKey(apiKeyId),
      () => reading.updateKey(apiKeyId, { metadata: {} }),
      () => reading.disableUser(userId),
      () => reading.deleteOrg(orgId),
      () => reading.createOrg({ name: newName() }),
    ];
    for (const change of changes) await expectFailure(change(), 'other');
    await client.validateKey(apiKeyToken);
  });
};
