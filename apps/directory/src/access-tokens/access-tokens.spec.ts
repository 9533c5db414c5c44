import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader, importSPKI, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployment, DirectoryRig, newDeployment, userProfile } from '../testing/directory-rig.js';

describe('access tokens', () => {
  let deployment: Deployment;
  let rig: DirectoryRig;
  beforeEach(async () => {
    deployment = newDeployment();
    rig = await DirectoryRig.open(deployment);
    await rig.createEnvironment();
  });
  afterEach(async () => {
    await rig.close();
    deployment.remove();
  });
  const create = async (userId: string, activeOrgId: string | null = null, durationMinutes = 1_440) =>
    (await rig.ask('directory.create-access-token', { userId, durationMinutes, activeOrgId })).accessToken;
  const claimsOf = async (token: string) => {
    const { environments } = await rig.ask('directory.list-environments', {});
    const environment = environments.find(({ environmentId }) => environmentId === rig.environmentId);
    const key = await importSPKI(String(environment?.publicKeyPem), 'RS256');
    return (await jwtVerify(token, key, { algorithms: ['RS256'], issuer: 'https://auth.example.test', clockTolerance: 0 })).payload;
  };

  it('a token of a user with everything set carries each claim as the clients read it', async () => {
    const userId = await rig.createUser('Ada@example.test', {
      profile: userProfile({
        username: 'ada',
        firstName: 'Ada',
        lastName: 'L',
        legacyUserId: 'L-1',
        properties: { fav_sport: 'chess' },
        metadata: { secret: 'no' },
      }),
    });
    const token = await create(userId, null, 10);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'JWT', kid: rig.environmentId });
    const { iat, exp, ...claims } = await claimsOf(token);
    expect(claims).toEqual({
      sub: userId,
      user_id: userId,
      email: 'Ada@example.test',
      iss: 'https://auth.example.test',
      username: 'ada',
      first_name: 'Ada',
      last_name: 'L',
      legacy_user_id: 'L-1',
      properties: { fav_sport: 'chess' },
      login_method: { login_method: 'generated_from_backend_api' },
      session_epoch: 0,
      org_id_to_org_member_info: {},
    });
    expect(Number(exp) - Number(iat)).toBe(600);
    expect(Number(iat)).toBeLessThanOrEqual(Date.now() / 1_000);
    expect(Number.isInteger(iat) && Number.isInteger(exp)).toBe(true);
  });

  it('what is unset is absent: no null, no empty text, no nbf, no metadata, no impersonator', async () => {
    const claims = await claimsOf(await create(await rig.createUser('ada@example.test')));
    for (const absent of ['username', 'first_name', 'last_name', 'legacy_user_id', 'metadata', 'impersonator_user_id', 'nbf', 'org_member_info']) {
      expect(claims).not.toHaveProperty(absent);
    }
    expect(Object.values(claims).every((value) => value !== null && value !== '')).toBe(true);
  });

  it('memberships carry all nine fields, and deleted organizations and ended memberships are left out', async () => {
    const [userId, other] = [await rig.createUser('ada@example.test'), await rig.createUser('eve@example.test')];
    const [acme, gone, left] = [
      await rig.createOrganization('Acme Inc', { metadata: { plan: 'pro' } }),
      await rig.createOrganization('Gone'),
      await rig.createOrganization('Left'),
    ];
    await rig.addMember(left, other, 'Owner');
    for (const orgId of [acme, gone, left]) await rig.addMember(orgId, userId, 'Admin');
    await rig.ask('directory.delete-organization', { orgId: gone });
    await rig.ask('directory.remove-member', { orgId: left, userId });
    const { org_id_to_org_member_info: map } = await claimsOf(await create(userId));
    expect(map).toEqual({
      [acme]: {
        org_id: acme,
        org_name: 'Acme Inc',
        org_metadata: { plan: 'pro' },
        url_safe_org_name: 'acme-inc',
        org_role_structure: 'single_role_in_hierarchy',
        user_role: 'Admin',
        inherited_user_roles_plus_current_role: ['Admin', 'Member'],
        user_permissions: expect.any(Array),
        additional_roles: [],
        legacy_org_id: null,
      },
    });
  });

  it('a token for an active organization carries that membership alone', async () => {
    const userId = await rig.createUser('ada@example.test');
    const [acme, other] = [await rig.createOrganization('Acme'), await rig.createOrganization('Other')];
    for (const orgId of [acme, other]) await rig.addMember(orgId, userId, 'Owner');
    const claims = await claimsOf(await create(userId, acme));
    expect(claims['org_member_info']).toMatchObject({ org_id: acme, user_role: 'Owner' });
    expect(claims).not.toHaveProperty('org_id_to_org_member_info');
  });

  it('an active organization that is unknown, deleted, or without the user is refused by name', async () => {
    const userId = await rig.createUser('ada@example.test');
    const [notMember, deleted] = [await rig.createOrganization('Acme'), await rig.createOrganization('Gone')];
    await rig.addMember(deleted, userId);
    await rig.ask('directory.delete-organization', { orgId: deleted });
    for (const orgId of [randomUUID(), notMember, deleted]) {
      await expect(create(userId, orgId)).rejects.toMatchObject({ code: 'INVALID_FIELDS', fields: { activeOrgId: [expect.any(String)] } });
    }
  });

  it('no token for an unknown, deleted or foreign user, and none for a blocked one until it is unblocked', async () => {
    const [userId, deleted] = [await rig.createUser('ada@example.test'), await rig.createUser('eve@example.test')];
    await rig.ask('directory.delete-user', { userId: deleted });
    for (const id of [randomUUID(), deleted]) await expect(create(id)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    await rig.ask('directory.block-user', { userId });
    await expect(create(userId)).rejects.toMatchObject({ code: 'INVALID_FIELDS', fields: { userId: [expect.any(String)] } });
    await rig.ask('directory.unblock-user', { userId });
    await claimsOf(await create(userId));
    await rig.createEnvironment('other');
    await expect(create(userId)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
  });

  it('a block that one replica answered stops the next token of another', async () => {
    const replica = await DirectoryRig.open(deployment);
    replica.environmentId = rig.environmentId;
    const userId = await rig.createUser('ada@example.test');
    for (let round = 0; round < 10; round += 1) {
      await create(userId);
      await replica.ask('directory.block-user', { userId });
      await expect(create(userId)).rejects.toMatchObject({ code: 'INVALID_FIELDS' });
      await replica.ask('directory.unblock-user', { userId });
    }
    await replica.close();
  });

  it('environments sign with keys of their own, and the issuer follows the setting', async () => {
    const first = await create(await rig.createUser('ada@example.test'));
    await rig.createEnvironment('other');
    await expect(claimsOf(first)).rejects.toThrow('signature');
    await rig.ask('directory.change-settings', { changes: { authUrl: 'https://login.example.test' } });
    const second = await create(await rig.createUser('ada@example.test'));
    await expect(claimsOf(second)).rejects.toThrow('"iss"');
  });

  it('without access tokens in the environment none is made', async () => {
    const userId = await rig.createUser('ada@example.test');
    await rig.ask('directory.change-settings', { changes: { accessTokensEnabled: false } });
    await expect(create(userId)).rejects.toMatchObject({ code: 'ACCESS_TOKENS_DISABLED' });
  });
});
