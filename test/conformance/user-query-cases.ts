import { expect, it } from 'vitest';
import { type Context, expectBadRequest, newEmail, newMember, newOrg, newUser, UNKNOWN_ID } from './case-context.js';

export const userQueryCases = (context: Context): void => {
  it('a user is found by address in any letter case and by username', async () => {
    const { client } = context();
    const [email, username] = [newEmail(), `u${crypto.randomUUID().slice(0, 8)}`];
    const { userId } = await client.createUser({ email, username });
    expect((await client.fetchUserByEmail(email))?.userId).toBe(userId);
    expect((await client.fetchUserByEmail(email.toUpperCase()))?.userId).toBe(userId);
    expect((await client.fetchUserByUsername(username))?.userId).toBe(userId);
  });

  it('an address with a plus sign is found as it is', async () => {
    const { client } = context();
    const email = `plus+${crypto.randomUUID()}@example.test`;
    const { userId } = await client.createUser({ email });
    expect((await client.fetchUserByEmail(email))?.userId).toBe(userId);
  });

  it('a batch has those that are there and leaves out the others', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    const [email, username] = [newEmail(), `u${crypto.randomUUID().slice(0, 8)}`];
    const named = await client.createUser({ email, username });
    const byId = await client.fetchUsersByIds([userId, UNKNOWN_ID, named.userId], true);
    expect(Object.keys(byId).sort()).toEqual([userId, named.userId].sort());
    expect(byId[userId]?.orgs?.[orgId]?.role).toBe('Member');
    expect((await client.fetchUsersByEmails([email, newEmail()]))[email]?.userId).toBe(named.userId);
    expect((await client.fetchUsersByUsernames([username, 'nobody']))[username]).toMatchObject({ userId: named.userId, username });
  });

  it('a batch of a hundred is answered, one of a hundred and one refused by field', async () => {
    const { client } = context();
    const userId = await newUser(client);
    const strangers = Array.from({ length: 99 }, () => crypto.randomUUID());
    expect(Object.keys(await client.fetchUsersByIds([userId, ...strangers]))).toEqual([userId]);
    await expectBadRequest(client.fetchUsersByIds([userId, ...strangers, UNKNOWN_ID]), 'query');
    await expectBadRequest(client.fetchUsersByEmails(Array.from({ length: 101 }, newEmail)), 'query');
    await expectBadRequest(client.fetchUsersByUsernames(Array.from({ length: 101 }, newEmail)), 'query');
  });

  it('a query finds users by a part of the address, ordered and paged', async () => {
    const { client } = context();
    const mark = crypto.randomUUID().slice(0, 12);
    for (const letter of ['b', 'c', 'a']) await client.createUser({ email: `${letter}-${mark}@example.test` });
    const letters = async (query: Parameters<typeof client.queryUsers>[0]): Promise<string> =>
      (await client.queryUsers({ emailOrUsername: mark, ...query })).items.map((user) => user.email.charAt(0)).join('');
    expect(await letters({ orderBy: 'EMAIL' })).toBe('abc');
    expect((await letters({ orderBy: 'CREATED_AT_ASC' })).split('').sort().join('')).toBe('abc');
    expect(await letters({ orderBy: 'EMAIL', pageSize: 2 })).toBe('ab');
    expect(await letters({ orderBy: 'EMAIL', pageSize: 2, pageNumber: 1 })).toBe('c');
    expect(await client.queryUsers({ emailOrUsername: mark, pageSize: 2 })).toMatchObject({ total: 3, currentPage: 0, pageSize: 2, hasMoreResults: true });
  });

  it('a query finds a user by the id from an older system', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    const legacyUserId = crypto.randomUUID();
    await client.updateUser(userId, { legacyUserId });
    const page = await client.queryUsers({ legacyUserId, includeOrgs: true });
    expect(page.items.map((user) => user.userId)).toEqual([userId]);
    expect(page.items[0]?.orgs?.[orgId]?.orgId).toBe(orgId);
  });

  it('pages outside the limits are refused by field', async () => {
    const { client } = context();
    await expectBadRequest(client.queryUsers({ pageSize: 101 }), 'page_size');
    await expectBadRequest(client.queryUsers({ pageNumber: -1 }), 'page_number');
    await expectBadRequest(client.queryUsersInOrg({ orgId: await newOrg(client), pageSize: 101 }), 'page_size');
  });

  it('the members of an organization are listed with their roles, and by role alone', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client, 'Admin');
    const member = await newUser(client);
    await client.addUserToOrg(member, orgId, 'Member');
    const all = await client.queryUsersInOrg({ orgId });
    expect(Object.fromEntries(all.items.map((user) => [user.userId, user.roleInOrg]))).toEqual({ [userId]: 'Admin', [member]: 'Member' });
    expect((await client.queryUsersInOrg({ orgId, role: 'Member' })).items.map((user) => user.userId)).toEqual([member]);
    expect((await client.queryUsersInOrg({ orgId, role: 'member' })).items).toEqual([]);
    expect(await client.queryUsersInOrg({ orgId, pageSize: 1, pageNumber: 1 })).toMatchObject({ total: 2, currentPage: 1, pageSize: 1, hasMoreResults: false });
  });

  it('an organization that is not there has no members', async () => {
    const { client } = context();
    expect(await client.queryUsersInOrg({ orgId: UNKNOWN_ID })).toEqual({ items: [], total: 0, currentPage: 0, pageSize: 10, hasMoreResults: false });
  });
};
