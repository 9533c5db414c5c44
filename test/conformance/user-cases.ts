import { expect, it } from 'vitest';
import { type Context, expectBadRequest, expectFailure, newEmail, newMember, newUser, nowSeconds, UNKNOWN_ID, UUID_V4 } from './case-context.js';

const PASSWORD = 'correct horse battery staple 7';

export const userCases = (context: Context): void => {
  it('a created user is there at once, with what was given and safe defaults for the rest', async () => {
    const { client } = context();
    const email = newEmail();
    const before = nowSeconds();
    const { userId } = await client.createUser({ email });
    expect(userId).toMatch(UUID_V4);
    const user = await client.fetchUser(userId);
    expect(user).toMatchObject({
      userId,
      email,
      emailConfirmed: false,
      hasPassword: false,
      locked: false,
      enabled: true,
      mfaEnabled: false,
      canCreateOrgs: false,
      username: null,
      firstName: null,
      lastName: null,
      pictureUrl: null,
      legacyUserId: null,
      metadata: null,
      orgs: null,
    });
    expect(user?.createdAt).toBeGreaterThanOrEqual(before);
    expect(user?.createdAt).toBeLessThanOrEqual(nowSeconds());
  });

  it('a user can be created with everything', async () => {
    const { client } = context();
    const username = `u${crypto.randomUUID().slice(0, 8)}`;
    const { userId } = await client.createUser({
      email: newEmail(),
      emailConfirmed: true,
      password: PASSWORD,
      username,
      firstName: 'Ada',
      lastName: 'Łovelace',
      properties: { favourite: { sport: 'chess' } },
    });
    expect(await client.fetchUser(userId)).toMatchObject({
      emailConfirmed: true,
      hasPassword: true,
      username,
      firstName: 'Ada',
      lastName: 'Łovelace',
      properties: { favourite: { sport: 'chess' } },
    });
  });

  it('an address belongs to one user, in whatever letter case', async () => {
    const { client } = context();
    const email = newEmail();
    await client.createUser({ email });
    await expectBadRequest(client.createUser({ email }), 'email');
    await expectBadRequest(client.createUser({ email: email.toUpperCase() }), 'email');
    await expectBadRequest(client.createUser({ email: 'no address' }), 'email');
  });

  it('a username belongs to one user', async () => {
    const { client } = context();
    const username = `u${crypto.randomUUID().slice(0, 8)}`;
    await client.createUser({ email: newEmail(), username });
    await expectBadRequest(client.createUser({ email: newEmail(), username }), 'username');
    const other = await newUser(client);
    await expectBadRequest(client.updateUser(other, { username }), 'username');
  });

  it("a deleted user's address is free again", async () => {
    const { client } = context();
    const email = newEmail();
    const { userId } = await client.createUser({ email });
    expect(await client.deleteUser(userId)).toBe(true);
    const again = await client.createUser({ email });
    expect(again.userId).not.toBe(userId);
    expect((await client.fetchUserByEmail(email))?.userId).toBe(again.userId);
  });

  it('changed fields show in the next fetch and in the next validation, the others stay', async () => {
    const { client } = context();
    const userId = await newUser(client);
    const { apiKeyToken } = await client.createKey({ userId });
    await client.validateKey(apiKeyToken);
    expect(
      await client.updateUser(userId, {
        firstName: 'Grace',
        metadata: { plan: 'pro' },
        properties: { team: 'navy' },
        pictureUrl: 'https://example.test/g.png',
        legacyUserId: 'old-7',
      }),
    ).toBe(true);
    const expected = {
      firstName: 'Grace',
      lastName: null,
      metadata: { plan: 'pro' },
      properties: { team: 'navy' },
      pictureUrl: 'https://example.test/g.png',
      legacyUserId: 'old-7',
    };
    expect(await client.fetchUser(userId)).toMatchObject(expected);
    expect((await client.validateKey(apiKeyToken)).user).toMatchObject(expected);
    expect(await client.updateUser(userId, { lastName: 'Hopper' })).toBe(true);
    expect(await client.fetchUser(userId)).toMatchObject({ ...expected, lastName: 'Hopper' });
  });

  it("a new address is the user's own from then on, and the old one is free", async () => {
    const { client } = context();
    const [first, second, taken] = [newEmail(), newEmail(), newEmail()];
    const { userId } = await client.createUser({ email: first, emailConfirmed: true });
    await client.createUser({ email: taken });
    expect(await client.updateEmail(userId, second, false)).toBe(true);
    expect(await client.fetchUser(userId)).toMatchObject({ email: second });
    expect(await client.fetchUserByEmail(first)).toBeNull();
    await expectBadRequest(client.updateEmail(userId, taken, false), 'new_email');
    await client.createUser({ email: first });
  });

  it('a password can be set, changed and cleared, and is never shown', async () => {
    const { client } = context();
    const userId = await newUser(client);
    expect(await client.updatePassword(userId, PASSWORD)).toBe(true);
    expect((await client.fetchUser(userId))?.hasPassword).toBe(true);
    expect(JSON.stringify(await client.fetchUser(userId))).not.toContain(PASSWORD);
    expect(await client.updatePassword(userId, `${PASSWORD}!`)).toBe(true);
    expect(await client.clearPassword(userId)).toBe(true);
    expect((await client.fetchUser(userId))?.hasPassword).toBe(false);
    await expectBadRequest(client.updatePassword(userId, ''), 'password');
  });

  it('a blocked user is shown as not enabled until unblocked; doing either twice is fine', async () => {
    const { client } = context();
    const userId = await newUser(client);
    expect([await client.disableUser(userId), await client.disableUser(userId)]).toEqual([true, true]);
    expect((await client.fetchUser(userId))?.enabled).toBe(false);
    expect([await client.enableUser(userId), await client.enableUser(userId)]).toEqual([true, true]);
    expect((await client.fetchUser(userId))?.enabled).toBe(true);
  });

  it("a deleted user is gone, and all the user's keys with it", async () => {
    const { client } = context();
    const userId = await newUser(client);
    const { apiKeyToken } = await client.createKey({ userId });
    await client.validateKey(apiKeyToken);
    expect(await client.deleteUser(userId)).toBe(true);
    await expectBadRequest(client.validateKey(apiKeyToken), 'api_key_token');
    expect(await client.fetchUser(userId)).toBeNull();
    expect(await client.deleteUser(userId)).toBe(false);
    await expectBadRequest(client.createKey({ userId }), 'user_id');
  });

  it('the right to create organizations is granted and taken', async () => {
    const { client } = context();
    const userId = await newUser(client);
    expect(await client.enableOrgCreation(userId)).toBe(true);
    expect((await client.fetchUser(userId))?.canCreateOrgs).toBe(true);
    expect(await client.disableOrgCreation(userId)).toBe(true);
    expect((await client.fetchUser(userId))?.canCreateOrgs).toBe(false);
  });

  it('ending all sessions of a user leaves the keys alone', async () => {
    const { client } = context();
    const userId = await newUser(client);
    const { apiKeyToken } = await client.createKey({ userId });
    expect(await client.logoutAllSessions(userId)).toBe(true);
    await client.validateKey(apiKeyToken);
  });

  it('changing a user that is not there says that there is none', async () => {
    const { client } = context();
    expect(await client.fetchUser(UNKNOWN_ID)).toBeNull();
    expect(await client.fetchUserByEmail(newEmail())).toBeNull();
    expect(await client.fetchUserByUsername(crypto.randomUUID())).toBeNull();
    expect(await client.updateUser(UNKNOWN_ID, { firstName: 'X' })).toBe(false);
    expect(await client.updateEmail(UNKNOWN_ID, newEmail(), false)).toBe(false);
    expect(await client.updatePassword(UNKNOWN_ID, PASSWORD)).toBe(false);
    expect(await client.disableUser(UNKNOWN_ID)).toBe(false);
    expect(await client.enableUser(UNKNOWN_ID)).toBe(false);
    expect(await client.deleteUser(UNKNOWN_ID)).toBe(false);
    expect(await client.logoutAllSessions(UNKNOWN_ID)).toBe(false);
    expect(await client.enableOrgCreation(UNKNOWN_ID)).toBe(false);
    expect(await client.disableOrgCreation(UNKNOWN_ID)).toBe(false);
    await expectFailure(client.clearPassword(UNKNOWN_ID), 'other');
  });

  it('names that are too long and metadata that is too large are refused by field', async () => {
    const { client } = context();
    const userId = await newUser(client);
    await expectBadRequest(client.createUser({ email: newEmail(), firstName: 'x'.repeat(101) }), 'first_name');
    await expectBadRequest(client.updateUser(userId, { lastName: 'x'.repeat(101) }), 'last_name');
    await expectBadRequest(client.updateUser(userId, { metadata: { text: 'x'.repeat(17 * 1024) } }), 'metadata');
  });

  it('a user asked for with organizations has every membership whole', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client, 'Owner');
    const found = await client.fetchUser(userId, true);
    const org = await client.fetchOrg(orgId);
    expect(found?.orgs?.[orgId]).toEqual({
      orgId,
      orgName: org?.name,
      orgMetadata: {},
      urlSafeOrgName: org?.name.toLowerCase().replaceAll(' ', '-'),
      role: 'Owner',
      inheritedRoles: ['Owner', 'Admin', 'Member'],
      permissions: expect.arrayContaining([
        'propelauth::can_invite',
        'propelauth::can_change_roles',
        'propelauth::can_remove_users',
        'propelauth::can_setup_saml',
        'propelauth::can_manage_api_keys',
      ]),
    });
  });
};
