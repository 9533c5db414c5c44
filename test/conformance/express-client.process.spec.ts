import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BackendApi, textAt } from '@test/support/clients/backend-api.js';
import { testedModes } from '@test/support/servers/tested-modes.js';
import { type ExpressAuth, type OpenExpress, openExpressClient, pass } from './express-client.js';

const newEmail = (): string => `express-${crypto.randomUUID()}@example.test`;

describe.each(testedModes)('an Express backend with @propelauth/express, $name', ({ start }) => {
  let opened: OpenExpress;
  let auth: ExpressAuth;
  beforeAll(async () => {
    opened = openExpressClient(await start());
    ({ auth } = opened);
  });
  afterAll(() => opened?.close());

  const newUser = async (): Promise<string> => (await auth.createUser({ email: newEmail() })).userId;
  const newMember = async (role: string): Promise<{ userId: string; orgId: string }> => {
    const userId = await newUser();
    const { orgId } = await auth.createOrg({ name: `Org ${crypto.randomUUID()}` });
    await auth.addUserToOrg({ userId, orgId, role });
    return { userId, orgId };
  };
  const bearer = async (userId: string, activeOrgId?: string): Promise<string> => {
    const made = await auth.createAccessToken({ userId, durationInMinutes: 10, ...(activeOrgId === undefined ? {} : { activeOrgId }) });
    return `Bearer ${made.access_token}`;
  };

  it('requireUser lets a token of ours through and knows its user', async () => {
    const { userId, orgId } = await newMember('Admin');
    const result = await pass(auth.requireUser, await bearer(userId));
    expect(result).toMatchObject({ passed: true, status: null, user: { userId } });
    expect(result.user?.orgIdToOrgMemberInfo?.[orgId]?.assignedRole).toBe('Admin');
  });

  it('requireUser returns 401 for no token, noise and a token that was tampered with', async () => {
    const header = await bearer(await newUser());
    for (const authorization of [undefined, 'Bearer nonsense', header.slice(0, -6), 'Basic abc']) {
      expect(await pass(auth.requireUser, authorization)).toMatchObject({ passed: false, status: 401 });
    }
  });

  it('requireUser refuses a token of another environment', async () => {
    const authUrl = 'https://other.example.test';
    const other = opened.init({ authUrl, apiKey: await opened.server.newEnvironment('other', authUrl) });
    const { userId } = await other.createUser({ email: newEmail() });
    const { access_token } = await other.createAccessToken({ userId, durationInMinutes: 10 });
    expect(await pass(other.requireUser, `Bearer ${access_token}`)).toMatchObject({ passed: true });
    expect(await pass(auth.requireUser, `Bearer ${access_token}`)).toMatchObject({ passed: false, status: 401 });
  });

  it('requireUser does not take an API key for an access token', async () => {
    const { apiKeyToken } = await auth.createApiKey({ userId: await newUser() });
    expect(await pass(auth.requireUser, `Bearer ${apiKeyToken}`)).toMatchObject({ passed: false, status: 401 });
  });

  it('optionalUser lets every caller through and knows those who have a token', async () => {
    const userId = await newUser();
    expect(await pass(auth.optionalUser)).toMatchObject({ passed: true, user: null });
    expect(await pass(auth.optionalUser, 'Bearer nonsense')).toMatchObject({ passed: true, user: null });
    expect(await pass(auth.optionalUser, await bearer(userId))).toMatchObject({ passed: true, user: { userId } });
  });

  it('membership, role and permission of a token decide what it opens', async () => {
    const { userId, orgId } = await newMember('Admin');
    const stranger = await bearer(await newUser());
    const admin = await bearer(userId);
    const { orgId: otherOrg } = await newMember('Member');
    expect(await pass(auth.requireOrgMember(), admin, orgId)).toMatchObject({ passed: true, org: { orgId, assignedRole: 'Admin' } });
    expect(await pass(auth.requireOrgMember(), admin, otherOrg)).toMatchObject({ passed: false, status: 403 });
    expect(await pass(auth.requireOrgMember(), stranger, orgId)).toMatchObject({ passed: false, status: 403 });
    expect(await pass(auth.requireOrgMemberWithMinimumRole({ minimumRequiredRole: 'Member' }), admin, orgId)).toMatchObject({ passed: true });
    expect(await pass(auth.requireOrgMemberWithMinimumRole({ minimumRequiredRole: 'Owner' }), admin, orgId)).toMatchObject({ passed: false, status: 403 });
    expect(await pass(auth.requireOrgMemberWithExactRole({ role: 'Member' }), admin, orgId)).toMatchObject({ passed: false, status: 403 });
    expect(await pass(auth.requireOrgMemberWithPermission({ permission: 'propelauth::can_manage_api_keys' }), admin, orgId)).toMatchObject({ passed: true });
    expect(await pass(auth.requireOrgMemberWithPermission({ permission: 'propelauth::can_setup_saml' }), admin, orgId)).toMatchObject({
      passed: false,
      status: 403,
    });
  });

  it('a token with an active organization carries that one', async () => {
    const { userId, orgId } = await newMember('Owner');
    expect((await pass(auth.requireUser, await bearer(userId, orgId))).user?.activeOrgId).toBe(orgId);
  });

  it('API keys are checked by kind, and a deleted one or one of a blocked user is refused', async () => {
    const { userId, orgId } = await newMember('Member');
    const personal = await auth.createApiKey({ userId });
    const organization = await auth.createApiKey({ orgId });
    expect((await auth.validateApiKey(`Bearer ${personal.apiKeyToken}`)).user?.userId).toBe(userId);
    expect((await auth.validatePersonalApiKey(personal.apiKeyToken)).user?.userId).toBe(userId);
    expect((await auth.validateOrgApiKey(organization.apiKeyToken)).org?.orgId).toBe(orgId);
    await expect(auth.validateOrgApiKey(personal.apiKeyToken)).rejects.toMatchObject({ fieldToErrors: { api_key_token: ['Not an org API Key'] } });
    await auth.deleteApiKey(organization.apiKeyId);
    await auth.disableUser(userId);
    for (const token of [organization.apiKeyToken, personal.apiKeyToken]) {
      await expect(auth.validateApiKey(token)).rejects.toMatchObject({ fieldToErrors: { api_key_token: expect.any(String) } });
    }
  });

  it('with a wrong backend key the middleware lets no caller through', async () => {
    const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
    const authorization = await bearer(await newUser());
    // The client makes a promise at init that fails; asking at once means that its failure is handled.
    const broken = opened.init({ authUrl: opened.server.authUrl, apiKey: 'ab'.repeat(64) });
    expect(await pass(broken.requireUser, authorization)).toMatchObject({ passed: false, status: 503 });
    complaint.mockRestore();
  });

  it('both metadata paths hand out the same key', async () => {
    const api = BackendApi.of(opened.server);
    const first = await api.done('GET', '/api/v1/token_verification_metadata');
    const second = await api.done('GET', '/api/backend/v1/token_verification_metadata');
    expect(textAt(first, 'verifier_key_pem')).toBe(textAt(second, 'public_key_pem'));
  });
});
