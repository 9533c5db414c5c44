import { expect, it } from 'vitest';
import {
  clockReaches,
  type Context,
  expectBadRequest,
  expectFailure,
  newEmail,
  newMember,
  newName,
  newOrg,
  newUser,
  nowSeconds,
  UNKNOWN_ID,
  UNKNOWN_KEY_ID,
} from './case-context.js';

export const keyCases = (context: Context): void => {
  it('a personal key validates as its user and as nothing else', async () => {
    const { client } = context();
    const email = newEmail();
    const { userId } = await client.createUser({ email });
    const { apiKeyId, apiKeyToken } = await client.createKey({ userId, metadata: { tier: 'gold', snake_case: { deep_key: 1 } }, displayName: 'Laptop' });
    expect(apiKeyId).toMatch(/^[0-9a-f]{32}$/);
    expect(apiKeyToken).toMatch(/^[0-9a-f]{96}$/);
    expect(apiKeyToken.startsWith(apiKeyId)).toBe(true);
    const found = await client.validateKey(apiKeyToken);
    expect(found.metadata).toEqual({ tier: 'gold', snake_case: { deep_key: 1 } });
    expect(found.user).toMatchObject({ userId, email, enabled: true, orgs: {} });
    expect([found.org, found.userInOrg]).toEqual([null, null]);
    expect((await client.validatePersonalKey(apiKeyToken)).user?.userId).toBe(userId);
    await expectBadRequest(client.validateOrgKey(apiKeyToken), 'api_key_token');
  });

  it('an organization key validates as its organization and as nothing else', async () => {
    const { client } = context();
    const name = newName();
    const { orgId } = await client.createOrg({ name });
    const { apiKeyToken } = await client.createKey({ orgId });
    const found = await client.validateKey(apiKeyToken);
    expect(found).toEqual({ metadata: null, user: null, org: { orgId, name, metadata: {} }, userInOrg: null });
    expect((await client.validateOrgKey(apiKeyToken)).org?.orgId).toBe(orgId);
    await expectBadRequest(client.validatePersonalKey(apiKeyToken), 'api_key_token');
  });

  it('a key of a member of an organization says who, where and in which role', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client, 'Admin');
    const { apiKeyToken } = await client.createKey({ userId, orgId });
    const found = await client.validateOrgKey(apiKeyToken);
    expect(found.org?.orgId).toBe(orgId);
    expect(found.user?.userId).toBe(userId);
    expect(found.user?.orgs?.[orgId]?.role).toBe('Admin');
    expect(found.userInOrg).toMatchObject({ orgId, role: 'Admin', inheritedRoles: ['Admin', 'Member'] });
    await expectBadRequest(client.validatePersonalKey(apiKeyToken), 'api_key_token');
  });

  it("a generic key has no owner and is neither personal nor an organization's", async () => {
    const { client } = context();
    const { apiKeyToken } = await client.createKey({ metadata: { service: 'billing' } });
    expect(await client.validateKey(apiKeyToken)).toEqual({ metadata: { service: 'billing' }, user: null, org: null, userInOrg: null });
    await expectBadRequest(client.validatePersonalKey(apiKeyToken), 'api_key_token');
    await expectBadRequest(client.validateOrgKey(apiKeyToken), 'api_key_token');
  });

  it('a token is accepted with the Bearer prefix it came with', async () => {
    const { client } = context();
    const { apiKeyToken } = await client.createKey({});
    await client.validateKey(`Bearer ${apiKeyToken}`);
    await client.validateKey(`bEaReR ${apiKeyToken}`);
  });

  it('what was never issued is refused: noise, another checksum, an empty token', async () => {
    const { client } = context();
    const { apiKeyToken } = await client.createKey({});
    const last = apiKeyToken.endsWith('0') ? '1' : '0';
    for (const token of ['nonsense', '', 'ab'.repeat(48), apiKeyToken.slice(0, -1) + last, apiKeyToken.slice(2), `${apiKeyToken}00`]) {
      await expectBadRequest(client.validateKey(token), 'api_key_token');
    }
  });

  it('a fetched key shows all but its token', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    const expiresAtSeconds = nowSeconds() + 3600;
    const before = nowSeconds();
    const { apiKeyId } = await client.createKey({ userId, orgId, expiresAtSeconds, metadata: { a: [1, { b: null }] }, displayName: 'CI' });
    const key = await client.fetchKey(apiKeyId);
    expect(key).toMatchObject({ apiKeyId, userId, orgId, expiresAtSeconds, metadata: { a: [1, { b: null }] }, displayName: 'CI' });
    expect(key.createdAt).toBeGreaterThanOrEqual(before);
    expect(key.createdAt).toBeLessThanOrEqual(nowSeconds());
    expect(JSON.stringify(key)).not.toContain('oken');
  });

  it('a key without the optional parts has nulls, and never expires', async () => {
    const { client } = context();
    const { apiKeyId } = await client.createKey({});
    expect(await client.fetchKey(apiKeyId)).toMatchObject({ expiresAtSeconds: null, metadata: null, userId: null, orgId: null, displayName: null });
  });

  it('a key that was never made cannot be fetched, changed or deleted', async () => {
    const { client } = context();
    await expectFailure(client.fetchKey(UNKNOWN_KEY_ID), 'other');
    await expectFailure(client.updateKey(UNKNOWN_KEY_ID, { metadata: {} }), 'other');
    expect(await client.deleteKey(UNKNOWN_KEY_ID)).toBe(false);
  });

  it('no key for a user or an organization that is not there, nor for a user outside the organization', async () => {
    const { client } = context();
    const [userId, orgId] = [await newUser(client), await newOrg(client)];
    await expectBadRequest(client.createKey({ userId: UNKNOWN_ID }), 'user_id');
    await expectBadRequest(client.createKey({ orgId: UNKNOWN_ID }), 'org_id');
    await expectBadRequest(client.createKey({ userId, orgId }), 'user_id');
  });

  it('no key for a blocked user', async () => {
    const { client } = context();
    const userId = await newUser(client);
    await client.disableUser(userId);
    await expectBadRequest(client.createKey({ userId }), 'user_id');
  });

  it('a key that would be dead on arrival, has too long a name or too much metadata is refused by field', async () => {
    const { client } = context();
    await expectBadRequest(client.createKey({ expiresAtSeconds: nowSeconds() - 10 }), 'expires_at_seconds');
    await expectBadRequest(client.createKey({ displayName: 'x'.repeat(101) }), 'display_name');
    await expectBadRequest(client.createKey({ metadata: { text: 'x'.repeat(17 * 1024) } }), 'metadata');
  });

  it('changed metadata replaces the old whole and shows in the very next validation', async () => {
    const { client } = context();
    const { apiKeyId, apiKeyToken } = await client.createKey({ metadata: { a: 1, b: 2 } });
    await client.validateKey(apiKeyToken);
    expect(await client.updateKey(apiKeyId, { metadata: { c: 3 } })).toBe(true);
    expect((await client.validateKey(apiKeyToken)).metadata).toEqual({ c: 3 });
    expect((await client.fetchKey(apiKeyId)).metadata).toEqual({ c: 3 });
  });

  it('an expiry can be set and taken back, and other fields stay', async () => {
    const { client } = context();
    const expiresAtSeconds = nowSeconds() + 7200;
    const { apiKeyId } = await client.createKey({ metadata: { keep: true }, displayName: 'stays' });
    expect(await client.updateKey(apiKeyId, { expiresAtSeconds })).toBe(true);
    expect(await client.fetchKey(apiKeyId)).toMatchObject({ expiresAtSeconds, metadata: { keep: true }, displayName: 'stays' });
    expect(await client.updateKey(apiKeyId, { setToNeverExpire: true })).toBe(true);
    expect(await client.fetchKey(apiKeyId)).toMatchObject({ expiresAtSeconds: null, metadata: { keep: true }, displayName: 'stays' });
    await expectBadRequest(client.updateKey(apiKeyId, { expiresAtSeconds: nowSeconds() - 10 }), 'expires_at_seconds');
  });

  it('an expired key is refused from its second on and can be neither changed nor deleted', async () => {
    const { client } = context();
    const expiresAtSeconds = nowSeconds() + 3;
    const { apiKeyId, apiKeyToken } = await client.createKey({ expiresAtSeconds });
    await client.validateKey(apiKeyToken);
    await clockReaches(expiresAtSeconds);
    await expectBadRequest(client.validateKey(apiKeyToken), 'api_key_token');
    expect((await client.fetchKey(apiKeyId)).expiresAtSeconds).toBe(expiresAtSeconds);
    await expectFailure(client.updateKey(apiKeyId, { setToNeverExpire: true }), 'other');
    expect(await client.deleteKey(apiKeyId)).toBe(false);
  });

  it('a deleted key is refused at once; deleting it again says that there is none', async () => {
    const { client } = context();
    const { apiKeyId, apiKeyToken } = await client.createKey({});
    await client.validateKey(apiKeyToken);
    expect(await client.deleteKey(apiKeyId)).toBe(true);
    await expectBadRequest(client.validateKey(apiKeyToken), 'api_key_token');
    expect(await client.deleteKey(apiKeyId)).toBe(false);
    expect((await client.fetchKey(apiKeyId)).apiKeyId).toBe(apiKeyId);
    await expectFailure(client.updateKey(apiKeyId, { metadata: {} }), 'other');
  });

  it("blocking a user refuses all of the user's personal keys at once, and unblocking does not bring them back", async () => {
    const { client } = context();
    const userId = await newUser(client);
    const tokens = await Promise.all(Array.from({ length: 5 }, async () => (await client.createKey({ userId })).apiKeyToken));
    for (const token of tokens) await client.validateKey(token);
    expect(await client.disableUser(userId)).toBe(true);
    for (const token of tokens) await expectBadRequest(client.validateKey(token), 'api_key_token');
    expect(await client.enableUser(userId)).toBe(true);
    for (const token of tokens) await expectBadRequest(client.validateKey(token), 'api_key_token');
    const { apiKeyToken } = await client.createKey({ userId });
    expect((await client.validateKey(apiKeyToken)).user?.userId).toBe(userId);
  });

  it('usage counts the validations of the day that were accepted, by key, user and organization', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    const personal = await client.createKey({ userId });
    const shared = await client.createKey({ userId, orgId });
    for (let round = 0; round < 3; round += 1) await client.validateKey(personal.apiKeyToken);
    await client.validateKey(shared.apiKeyToken);
    await expectBadRequest(client.validateKey('nonsense'), 'api_key_token');
    const date = new Date().toISOString().slice(0, 10);
    // Counts are kept in memory and written every second.
    await expect.poll(() => client.fetchKeyUsage({ date, apiKeyId: personal.apiKeyId }), { timeout: 20_000 }).toBe(3);
    await expect.poll(() => client.fetchKeyUsage({ date, orgId }), { timeout: 20_000 }).toBe(1);
    expect(await client.fetchKeyUsage({ date, userId })).toBe(4);
    expect(await client.fetchKeyUsage({ date: '2020-02-29', userId })).toBe(0);
  });

  it('usage of a day that does not exist is refused by field', async () => {
    const { client } = context();
    for (const date of ['2023-02-29', '2023-13-01', 'yesterday', '2023-1-1']) await expectBadRequest(client.fetchKeyUsage({ date }), 'date');
  });
};
