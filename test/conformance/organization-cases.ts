import { expect, it } from 'vitest';
import { type Context, expectBadRequest, expectRefused, newMember, newName, newOrg, newUser, UNKNOWN_ID, UUID_V4 } from './case-context.js';

export const organizationCases = (context: Context): void => {
  it('a created organization is there at once', async () => {
    const { client } = context();
    const name = newName();
    const made = await client.createOrg({ name, domain: 'example.test', maxUsers: 5, legacyOrgId: 'old-1' });
    expect(made.name).toBe(name);
    expect(made.orgId).toMatch(UUID_V4);
    expect(await client.fetchOrg(made.orgId)).toEqual({
      orgId: made.orgId,
      name,
      maxUsers: 5,
      metadata: {},
      domain: 'example.test',
      legacyOrgId: 'old-1',
      canSetupSaml: false,
    });
  });

  it('an organization needs a name of 1 to 100 characters', async () => {
    const { client } = context();
    await expectBadRequest(client.createOrg({ name: '' }), 'name');
    await expectBadRequest(client.createOrg({ name: 'x'.repeat(101) }), 'name');
    await client.createOrg({ name: 'Ü'.repeat(100) });
  });

  it('changed fields show in the next fetch and in the next validation', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    const { apiKeyToken } = await client.createKey({ userId, orgId });
    await client.validateKey(apiKeyToken);
    const name = newName();
    expect(await client.updateOrg(orgId, { name, metadata: { tier: 2, snake_case: [1] }, maxUsers: 9, canSetupSaml: true })).toBe(true);
    expect(await client.fetchOrg(orgId)).toMatchObject({ name, metadata: { tier: 2, snake_case: [1] }, maxUsers: 9, canSetupSaml: true });
    const found = await client.validateKey(apiKeyToken);
    expect(found.org).toEqual({ orgId, name, metadata: { tier: 2, snake_case: [1] } });
    expect(found.userInOrg).toMatchObject({ orgName: name, orgMetadata: { tier: 2, snake_case: [1] } });
    await expectBadRequest(client.updateOrg(orgId, { name: 'x'.repeat(101) }), 'name');
  });

  it('a deleted organization is gone, and all its keys with it', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    const { apiKeyToken } = await client.createKey({ orgId });
    const personal = await client.createKey({ userId });
    await client.validateKey(apiKeyToken);
    expect(await client.deleteOrg(orgId)).toBe(true);
    await expectBadRequest(client.validateKey(apiKeyToken), 'api_key_token');
    expect(await client.fetchOrg(orgId)).toBeNull();
    expect(await client.deleteOrg(orgId)).toBe(false);
    expect((await client.validateKey(personal.apiKeyToken)).user?.orgs).toEqual({});
  });

  it('a member joins with a role, changes it and leaves', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    expect((await client.fetchUser(userId, true))?.orgs?.[orgId]).toMatchObject({ role: 'Member', inheritedRoles: ['Member'], permissions: [] });
    expect(await client.changeRole(userId, orgId, 'Admin')).toBe(true);
    const admin = (await client.fetchUser(userId, true))?.orgs?.[orgId];
    expect(admin).toMatchObject({ role: 'Admin', inheritedRoles: ['Admin', 'Member'] });
    expect([...(admin?.permissions ?? [])].sort()).toEqual([
      'propelauth::can_change_roles',
      'propelauth::can_invite',
      'propelauth::can_manage_api_keys',
      'propelauth::can_remove_users',
    ]);
    expect(await client.removeUserFromOrg(userId, orgId)).toBe(true);
    expect((await client.fetchUser(userId, true))?.orgs).toEqual({});
  });

  it('a role change shows in the very next validation', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    const { apiKeyToken } = await client.createKey({ userId, orgId });
    expect((await client.validateKey(apiKeyToken)).userInOrg?.role).toBe('Member');
    await client.changeRole(userId, orgId, 'Owner');
    expect((await client.validateKey(apiKeyToken)).userInOrg?.role).toBe('Owner');
  });

  it('a role that does not exist is refused by field', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    await expectBadRequest(client.addUserToOrg(await newUser(client), orgId, 'Emperor'), 'role');
    await expectBadRequest(client.changeRole(userId, orgId, 'owner'), 'role');
  });

  it('a user joins an organization once', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    await expectRefused(client.addUserToOrg(userId, orgId, 'Member'));
  });

  it('a full organization accepts no more members', async () => {
    const { client } = context();
    const { orgId } = await client.createOrg({ name: newName(), maxUsers: 1 });
    expect(await client.addUserToOrg(await newUser(client), orgId, 'Member')).toBe(true);
    await expectRefused(client.addUserToOrg(await newUser(client), orgId, 'Member'));
  });

  it('the last owner neither leaves nor steps down while others are there', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client, 'Owner');
    await client.addUserToOrg(await newUser(client), orgId, 'Member');
    await expectRefused(client.removeUserFromOrg(userId, orgId));
    await expectRefused(client.changeRole(userId, orgId, 'Admin'));
    const second = await newUser(client);
    await client.addUserToOrg(second, orgId, 'Owner');
    expect(await client.removeUserFromOrg(userId, orgId)).toBe(true);
  });

  it('what does not exist is false or null', async () => {
    const { client } = context();
    const [userId, orgId] = [await newUser(client), await newOrg(client)];
    expect(await client.fetchOrg(UNKNOWN_ID)).toBeNull();
    expect(await client.updateOrg(UNKNOWN_ID, { name: newName() })).toBe(false);
    expect(await client.deleteOrg(UNKNOWN_ID)).toBe(false);
    expect(await client.addUserToOrg(UNKNOWN_ID, orgId, 'Member')).toBe(false);
    expect(await client.addUserToOrg(userId, UNKNOWN_ID, 'Member')).toBe(false);
    expect(await client.changeRole(UNKNOWN_ID, orgId, 'Member')).toBe(false);
    expect(await client.removeUserFromOrg(userId, UNKNOWN_ID)).toBe(false);
  });

  it('a query finds organizations by a part of the name, by domain and by the id from an older system', async () => {
    const { client } = context();
    const mark = crypto.randomUUID().slice(0, 12);
    for (const letter of ['b', 'a', 'c'])
      await client.createOrg({ name: `${letter} ${mark}`, domain: `${letter}-${mark}.test`, legacyOrgId: `${letter}-${mark}` });
    const names = async (query: Parameters<typeof client.queryOrgs>[0]): Promise<string> =>
      (await client.queryOrgs(query)).items.map((org) => org.name.charAt(0)).join('');
    expect(await names({ name: mark, orderBy: 'NAME' })).toBe('abc');
    expect(await names({ name: mark, orderBy: 'NAME', pageSize: 2, pageNumber: 1 })).toBe('c');
    expect(await names({ domain: `b-${mark}.test` })).toBe('b');
    expect(await names({ legacyOrgId: `c-${mark}` })).toBe('c');
    expect(await client.queryOrgs({ name: mark, pageSize: 2 })).toMatchObject({ total: 3, currentPage: 0, pageSize: 2, hasMoreResults: true });
    expect((await client.queryOrgs({ name: mark })).items.every((org) => Number.isInteger(org.createdAt))).toBe(true);
  });

  it('pages outside the limits are refused by field', async () => {
    const { client } = context();
    await expectBadRequest(client.queryOrgs({ pageSize: 101 }), 'page_size');
    await expectBadRequest(client.queryOrgs({ pageNumber: 1_000_001 }), 'page_number');
  });
};
