import { expect, it } from 'vitest';
import { type Context, expectBadRequest, newLegacyToken, newMember, newUser, nowSeconds, UNKNOWN_ID } from './case-context.js';

export const importedKeyCases = (context: Context): void => {
  it('a key brought along from elsewhere validates as what it was imported as', async () => {
    const { client } = context();
    const { userId, orgId } = await newMember(client, 'Owner');
    const importedApiKey = newLegacyToken();
    const expiresAtSeconds = nowSeconds() + 3600;
    const { apiKeyId } = await client.importKey({ importedApiKey, userId, orgId, expiresAtSeconds, metadata: { from: 'old' }, displayName: 'old one' });
    expect(apiKeyId).toMatch(/^[0-9a-f]{32}$/);
    const found = await client.validateImportedKey(importedApiKey);
    expect(found).toMatchObject({ metadata: { from: 'old' }, user: { userId }, org: { orgId }, userInOrg: { orgId, role: 'Owner' } });
    expect(await client.fetchKey(apiKeyId)).toMatchObject({ apiKeyId, userId, orgId, expiresAtSeconds, metadata: { from: 'old' }, displayName: 'old one' });
    expect((await client.fetchCurrentKeys({ userId })).items.map((key) => key.apiKeyId)).toEqual([apiKeyId]);
  });

  it('imported and issued keys are validated apart, in both directions', async () => {
    const { client } = context();
    const importedApiKey = newLegacyToken();
    await client.importKey({ importedApiKey });
    const { apiKeyToken } = await client.createKey({});
    await expectBadRequest(client.validateKey(importedApiKey), 'api_key_token');
    await expectBadRequest(client.validateImportedKey(apiKeyToken), 'api_key_token');
    await client.validateImportedKey(`Bearer ${importedApiKey}`);
  });

  it('a token is imported once, whatever became of it', async () => {
    const { client } = context();
    const importedApiKey = newLegacyToken();
    const { apiKeyId } = await client.importKey({ importedApiKey });
    await expectBadRequest(client.importKey({ importedApiKey }), 'imported_api_key');
    expect(await client.deleteKey(apiKeyId)).toBe(true);
    await expectBadRequest(client.validateImportedKey(importedApiKey), 'api_key_token');
    await expectBadRequest(client.importKey({ importedApiKey }), 'imported_api_key');
  });

  it('what cannot be imported is refused by field', async () => {
    const { client } = context();
    await expectBadRequest(client.importKey({ importedApiKey: 'x'.repeat(15) }), 'imported_api_key');
    await expectBadRequest(client.importKey({ importedApiKey: 'x'.repeat(1025) }), 'imported_api_key');
    await expectBadRequest(client.importKey({ importedApiKey: newLegacyToken(), userId: UNKNOWN_ID }), 'user_id');
    await expectBadRequest(client.importKey({ importedApiKey: newLegacyToken(), orgId: UNKNOWN_ID }), 'org_id');
    await expectBadRequest(client.importKey({ importedApiKey: newLegacyToken(), expiresAtSeconds: nowSeconds() - 10 }), 'expires_at_seconds');
  });

  it('16 bytes and 1 024 bytes are enough and not too much', async () => {
    const { client } = context();
    for (const importedApiKey of [crypto.randomUUID().slice(0, 16), crypto.randomUUID().padEnd(1024, '~')]) {
      await client.importKey({ importedApiKey });
      await client.validateImportedKey(importedApiKey);
    }
  });

  it('an imported key of a blocked user is refused at once', async () => {
    const { client } = context();
    const userId = await newUser(client);
    const importedApiKey = newLegacyToken();
    await client.importKey({ importedApiKey, userId });
    await client.validateImportedKey(importedApiKey);
    expect(await client.disableUser(userId)).toBe(true);
    await expectBadRequest(client.validateImportedKey(importedApiKey), 'api_key_token');
  });
};
