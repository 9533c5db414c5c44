import { expect, it } from 'vitest';
import { type Context, expectBadRequest, expectFailure, failed, newMember, newUser } from './case-context.js';

const TWO_A_DAY = { periodType: 'days', periodSize: 1, allowPerPeriod: 2 };

export const settingCases = (context: Context): void => {
  it('disabled access tokens and organizations say so', async () => {
    const { client, changeSettings } = context();
    const { userId, orgId } = await newMember(client);
    await changeSettings({ accessTokensEnabled: false, organizationsEnabled: false });
    await expectFailure(client.createAccessToken(userId, 60), 'access-tokens-off');
    await expectFailure(client.fetchOrg(orgId), 'organizations-off');
    await expectFailure(client.queryOrgs({}), 'organizations-off');
    await changeSettings({ accessTokensEnabled: true, organizationsEnabled: true });
    await client.createAccessToken(userId, 60);
    expect((await client.fetchOrg(orgId))?.orgId).toBe(orgId);
  });

  it('a disabled kind of key is neither issued nor accepted, and works again afterwards', async () => {
    const { client, changeSettings } = context();
    const { userId, orgId } = await newMember(client);
    const personal = await client.createKey({ userId });
    const organization = await client.createKey({ orgId });
    const generic = await client.createKey({});
    await changeSettings({ personalApiKeysEnabled: false, orgApiKeysEnabled: false });
    await expectBadRequest(client.validateKey(personal.apiKeyToken), 'api_key_token');
    await expectBadRequest(client.validateKey(organization.apiKeyToken), 'api_key_token');
    await client.validateKey(generic.apiKeyToken);
    await expectBadRequest(client.createKey({ userId }), 'user_id');
    await expectBadRequest(client.createKey({ orgId }), 'org_id');
    await changeSettings({ personalApiKeysEnabled: true, orgApiKeysEnabled: true });
    await client.validateKey(personal.apiKeyToken);
    await client.validateKey(organization.apiKeyToken);
  });

  it('a limit counts all personal keys of a user, and all keys of an organization, together', async () => {
    const { client, changeSettings } = context();
    const { userId, orgId } = await newMember(client);
    const other = await client.createKey({ userId: await newUser(client) });
    const personal = [await client.createKey({ userId }), await client.createKey({ userId })];
    const shared = [await client.createKey({ orgId }), await client.createKey({ userId, orgId })];
    const generic = await client.createKey({});
    await changeSettings({ personalApiKeyRateLimit: TWO_A_DAY, orgApiKeyRateLimit: TWO_A_DAY });
    for (const keys of [personal, shared]) {
      for (const key of keys) await client.validateKey(key.apiKeyToken);
      for (const key of keys) {
        const { failure, details } = await failed(client.validateKey(key.apiKeyToken));
        expect([failure, details.errorCode]).toEqual(['key-limit', 'rate_limit_exceeded']);
        expect(details.waitSeconds).toBeGreaterThan(0);
        expect(details.waitSeconds).toBeLessThanOrEqual(86_400);
      }
    }
    await client.validateKey(other.apiKeyToken);
    for (let round = 0; round < 5; round += 1) await client.validateKey(generic.apiKeyToken);
    await changeSettings({ personalApiKeyRateLimit: null, orgApiKeyRateLimit: null });
    for (const key of [...personal, ...shared]) await client.validateKey(key.apiKeyToken);
  });
};
