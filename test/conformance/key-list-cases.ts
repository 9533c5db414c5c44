import { expect, it } from 'vitest';
import { clockReaches, type Context, expectBadRequest, newEmail, newMember, newOrg, newUser, nowSeconds, UNKNOWN_ID } from './case-context.js';

export const keyListCases = (context: Context): void => {
  it('a key is in the list of current keys as soon as it was made, in the archive as soon as it was deleted', async () => {
    const { client } = context();
    const userId = await newUser(client);
    const { apiKeyId } = await client.createKey({ userId });
    expect((await client.fetchCurrentKeys({ userId })).items.map((key) => key.apiKeyId)).toEqual([apiKeyId]);
    expect((await client.fetchArchivedKeys({ userId })).items).toEqual([]);
    await client.deleteKey(apiKeyId);
    expect((await client.fetchCurrentKeys({ userId })).items).toEqual([]);
    expect((await client.fetchArchivedKeys({ userId })).items.map((key) => key.apiKeyId)).toEqual([apiKeyId]);
  });

  it('an expired key moves to the archive by the clock alone', async () => {
    const { client } = context();
    const userId = await newUser(client);
    const expiresAtSeconds = nowSeconds() + 3;
    const { apiKeyId } = await client.createKey({ userId, expiresAtSeconds });
    await clockReaches(expiresAtSeconds);
    expect((await client.fetchCurrentKeys({ userId })).total).toBe(0);
    expect((await client.fetchArchivedKeys({ userId })).items.map((key) => key.apiKeyId)).toEqual([apiKeyId]);
  });

  it("a blocked user's keys are in the archive", async () => {
    const { client } = context();
    const userId = await newUser(client);
    const ids = await Promise.all(Array.from({ length: 3 }, async () => (await client.createKey({ userId })).apiKeyId));
    await client.disableUser(userId);
    expect((await client.fetchCurrentKeys({ userId })).total).toBe(0);
    expect((await client.fetchArchivedKeys({ userId })).items.map((key) => key.apiKeyId).sort()).toEqual(ids.sort());
  });

  it('pages hold every key once, newest first, and say where they stand', async () => {
    const { client } = context();
    const orgId = await newOrg(client);
    for (let made = 0; made < 5; made += 1) await client.createKey({ orgId });
    const pages = [];
    for (const pageNumber of [0, 1, 2, 3]) pages.push(await client.fetchCurrentKeys({ orgId, pageSize: 2, pageNumber }));
    expect(pages.map((page) => page.items.length)).toEqual([2, 2, 1, 0]);
    expect(pages.map((page) => page.hasMoreResults)).toEqual([true, true, false, false]);
    expect(pages.map((page) => page.currentPage)).toEqual([0, 1, 2, 3]);
    expect(pages.map((page) => page.total)).toEqual([5, 5, 5, 5]);
    expect(pages.map((page) => page.pageSize)).toEqual([2, 2, 2, 2]);
    const keys = pages.flatMap((page) => page.items);
    expect(new Set(keys.map((key) => key.apiKeyId)).size).toBe(5);
    const times = keys.map((key) => key.createdAt);
    expect(times).toEqual([...times].sort((left, right) => right - left));
  });

  it('without paging a list has ten keys a page', async () => {
    const { client } = context();
    const orgId = await newOrg(client);
    await Promise.all(Array.from({ length: 11 }, () => client.createKey({ orgId })));
    const page = await client.fetchCurrentKeys({ orgId });
    expect([page.items.length, page.pageSize, page.currentPage, page.total, page.hasMoreResults]).toEqual([10, 10, 0, 11, true]);
  });

  it('filters by user, organization and e-mail are combined', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client);
    const email = newEmail();
    await client.updateEmail(userId, email, false);
    const personal = await client.createKey({ userId });
    const shared = await client.createKey({ userId, orgId });
    const organization = await client.createKey({ orgId });
    const listed = async (filter: Parameters<typeof client.fetchCurrentKeys>[0]): Promise<string[]> =>
      (await client.fetchCurrentKeys(filter)).items.map((key) => key.apiKeyId).sort();
    expect(await listed({ userId })).toEqual([personal.apiKeyId, shared.apiKeyId].sort());
    expect(await listed({ userEmail: email })).toEqual([personal.apiKeyId, shared.apiKeyId].sort());
    expect(await listed({ orgId })).toEqual([shared.apiKeyId, organization.apiKeyId].sort());
    expect(await listed({ userId, orgId })).toEqual([shared.apiKeyId]);
    expect(await listed({ userEmail: email.toUpperCase(), orgId })).toEqual([shared.apiKeyId]);
    expect(await listed({ userId: await newUser(client), userEmail: email })).toEqual([]);
  });

  it('a filter that matches no owner is an empty page', async () => {
    const { client } = context();
    for (const filter of [
      { userId: UNKNOWN_ID },
      { orgId: UNKNOWN_ID },
      { userEmail: newEmail() },
      { userId: 'garbage' },
      { orgId: 'garbage' },
      { userEmail: 'garbage' },
    ]) {
      expect(await client.fetchCurrentKeys(filter)).toEqual({ items: [], total: 0, currentPage: 0, pageSize: 10, hasMoreResults: false });
      expect((await client.fetchArchivedKeys(filter)).total).toBe(0);
    }
  });

  it('pages outside the limits are refused by field', async () => {
    const { client } = context();
    await expectBadRequest(client.fetchCurrentKeys({ pageSize: 101 }), 'page_size');
    await expectBadRequest(client.fetchCurrentKeys({ pageSize: 0 }), 'page_size');
    await expectBadRequest(client.fetchArchivedKeys({ pageNumber: -1 }), 'page_number');
    await expectBadRequest(client.fetchArchivedKeys({ pageNumber: 1_000_001 }), 'page_number');
  });
};
