import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, it } from 'vitest';
import { type Context, expectBadRequest, expectFailure, newEmail, newMember, newOrg, newUser, nowSeconds, UNKNOWN_ID } from './case-context.js';

export const tokenCases = (context: Context): void => {
  it("an access token speaks for its user in all the user's organizations", async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client, 'Admin');
    const email = newEmail();
    await client.updateEmail(userId, email, false);
    const user = await client.checkAccessToken(`Bearer ${await client.createAccessToken(userId, 60)}`);
    expect(user).toMatchObject({ userId, email, activeOrgId: null, loginMethod: 'generated_from_backend_api' });
    expect(Object.keys(user.orgs)).toEqual([orgId]);
    expect(user.orgs[orgId]).toMatchObject({ orgId, role: 'Admin', inheritedRoles: ['Admin', 'Member'] });
  });

  it('an access token with an active organization speaks for that one alone', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client, 'Owner');
    await client.addUserToOrg(userId, await newOrg(client), 'Member');
    const user = await client.checkAccessToken(`Bearer ${await client.createAccessToken(userId, 60, orgId)}`);
    expect(user).toMatchObject({ userId, activeOrgId: orgId });
    expect(user.orgs[orgId]?.role).toBe('Owner');
  });

  it('an access token lives exactly as long as asked, from now', async () => {
    const { client } = context();
    const userId = await newUser(client);
    const before = nowSeconds();
    const token = await client.createAccessToken(userId, 30);
    const claims = decodeJwt(token);
    expect(decodeProtectedHeader(token).alg).toBe('RS256');
    expect(Number(claims.exp) - Number(claims.iat)).toBe(30 * 60);
    expect(claims.iat).toBeGreaterThanOrEqual(before);
    expect(claims.iat).toBeLessThanOrEqual(nowSeconds());
    expect([claims.sub, claims['user_id']]).toEqual([userId, userId]);
  });

  it('a token that was tampered with, or noise in its place, is refused by the client', async () => {
    const { client } = context();
    const token = await client.createAccessToken(await newUser(client), 60);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const other = (await client.createAccessToken(await newUser(client), 60)).split('.')[1] ?? '';
    await expectFailure(client.checkAccessToken(`Bearer ${header}.${other}.${signature}`), 'other');
    await expectFailure(client.checkAccessToken(`Bearer ${header}.${payload}.${signature.slice(0, -4)}AAAA`), 'other');
    await expectFailure(client.checkAccessToken('Bearer nonsense'), 'other');
  });

  it('no token for a user that is not there', async () => {
    const { client } = context();
    await expectFailure(client.createAccessToken(UNKNOWN_ID, 60), 'user-not-found');
  });

  it('no token for an organization that the user is not in, nor for a time outside the limits', async () => {
    const { client } = context();
    const userId = await newUser(client);
    await expectBadRequest(client.createAccessToken(userId, 60, await newOrg(client)), 'active_org_id');
    await expectBadRequest(client.createAccessToken(userId, 0), 'duration_in_minutes');
    await expectBadRequest(client.createAccessToken(userId, 43_201), 'duration_in_minutes');
    await client.createAccessToken(userId, 43_200);
  });
};
