import { randomUUID } from 'node:crypto';
import { tags } from '@app/domain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { slugCandidates, slugOf } from './slug-candidates.js';
import { type Deployment, DirectoryRig, newDeployment, organizationProfile, refusalsOf } from '../testing/directory-rig.js';

describe('organizations', () => {
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
  const members = (orgId: string, changes: { readonly includeOrgs?: boolean; readonly role?: string } = {}) =>
    rig.ask('directory.query-users', {
      orderBy: 'CREATED_AT_ASC',
      emailOrUsername: null,
      legacyUserId: null,
      orgId,
      role: null,
      includeOrgs: false,
      pageNumber: 0,
      pageSize: 10,
      ...changes,
    });

  it('a slug is safe in paths and host names, and never empty', () => {
    expect(slugOf('Acme  Inc')).toBe('acme--inc');
    expect(slugOf('Café Zoë_9')).toBe('cafe-zoe_9');
    expect(slugOf('../..')).toBe('org');
    expect(slugOf('日本')).toBe('org');
    expect(slugCandidates('env', '1234abcd-5678-4000-8000-000000000000', 'A B').map(({ slug }) => slug)).toEqual(['a-b', 'a-b-1234abcd']);
  });

  it('organizations of one name get different slugs, and the first one’s is free again when it is deleted', async () => {
    const [first, second] = [await rig.createOrganization('Acme Inc'), await rig.createOrganization('acme inc')];
    const slug = async (orgId: string) => (await rig.ask('directory.fetch-organization', { orgId })).slug;
    expect(await slug(first)).toBe('acme-inc');
    expect(await slug(second)).toBe(`acme-inc-${second.slice(0, 8)}`);
    await rig.ask('directory.delete-organization', { orgId: first });
    expect(await slug(await rig.createOrganization('ACME INC'))).toBe('acme-inc');
  });

  it('a repeated creation returns the id and name of the first', async () => {
    const create = (name: string) =>
      rig.ask('directory.create-organization', { orgId: randomUUID(), profile: organizationProfile({ name }) }, { commandId: 'same' });
    const first = await create('First');
    expect(await create('Second')).toEqual({ orgId: first.orgId, name: 'First' });
  });

  it('a membership changes its user for the fence, a profile its organization', async () => {
    const [orgId, userId] = [await rig.createOrganization('Acme'), await rig.createUser('ada@example.test')];
    await rig.addMember(orgId, userId, 'Owner');
    await rig.ask('directory.change-organization', { orgId, changes: { name: 'Acme 2', metadata: { plan: 'pro' } } });
    expect(rig.fence.settledNames).toEqual([[tags.user(userId)], [tags.org(orgId)]]);
    expect((await rig.ask('directory.fetch-organization', { orgId })).profile).toMatchObject({ name: 'Acme 2', metadata: { plan: 'pro' } });
  });

  it('when the two owners leave at once, on two replicas, the log keeps one', async () => {
    const replica = await DirectoryRig.open(deployment);
    replica.environmentId = rig.environmentId;
    for (let round = 0; round < 5; round += 1) {
      const orgId = await rig.createOrganization(`Org ${round}`);
      const owners = [await rig.createUser(`a${round}@example.test`), await rig.createUser(`b${round}@example.test`)] as const;
      for (const userId of owners) await rig.addMember(orgId, userId, 'Owner');
      const left = await Promise.allSettled([
        rig.ask('directory.remove-member', { orgId, userId: owners[0] }),
        replica.ask('directory.remove-member', { orgId, userId: owners[1] }),
      ]);
      expect(left.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(left.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { fields: { userId: [expect.any(String)] } } });
      expect((await members(orgId)).total).toBe(1);
    }
    await replica.close();
  });

  it('of many who join an organization with one seat left at once, one gets it', async () => {
    const orgId = await rig.createOrganization('Small', { maxUsers: 1 });
    const users = await Promise.all(Array.from({ length: 5 }, (_, index) => rig.createUser(`u${index}@example.test`)));
    const joined = await Promise.allSettled(users.map((userId) => rig.addMember(orgId, userId)));
    expect(joined.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await members(orgId)).total).toBe(1);
  });

  it('members come with that organization always, and with their other living ones where asked for', async () => {
    const [acme, other, gone] = [await rig.createOrganization('Acme'), await rig.createOrganization('Other'), await rig.createOrganization('Gone')];
    const userId = await rig.createUser('ada@example.test');
    for (const orgId of [acme, other, gone]) await rig.addMember(orgId, userId, 'Owner', orgId === acme ? ['Admin'] : []);
    await rig.ask('directory.delete-organization', { orgId: gone });
    const orgIds = ({ items }: Awaited<ReturnType<typeof members>>) => items.map(({ orgs }) => orgs.map(({ orgId }) => orgId).toSorted());
    expect(orgIds(await members(acme))).toEqual([[acme]]);
    expect(orgIds(await members(acme, { includeOrgs: true }))).toEqual([[acme, other].toSorted()]);
    expect((await members(acme, { role: 'Admin' })).total).toBe(1);
    expect((await members(acme, { role: 'Member' })).total).toBe(0);
    const fetched = await rig.ask('directory.fetch-user', { by: 'id', value: userId, includeOrgs: true });
    expect(fetched.orgs.map(({ orgId }) => orgId).toSorted()).toEqual([acme, other].toSorted());
    expect(fetched.user.memberships[acme]).toMatchObject({ role: 'Owner', additionalRoles: ['Admin'], active: true });
  });

  it('an unknown, deleted or foreign organization has an empty page of members and is not found', async () => {
    const [deleted, foreign] = [await rig.createOrganization('Gone'), await rig.createOrganization('Foreign')];
    const userId = await rig.createUser('ada@example.test');
    for (const orgId of [deleted, foreign]) await rig.addMember(orgId, userId);
    await rig.ask('directory.delete-organization', { orgId: deleted });
    expect(await members(deleted)).toEqual({ items: [], total: 0 });
    expect(await members(randomUUID())).toEqual({ items: [], total: 0 });
    await rig.createEnvironment('other');
    expect(await members(foreign)).toEqual({ items: [], total: 0 });
    const eve = await rig.createUser('eve@example.test');
    const refusals = await refusalsOf([
      rig.ask('directory.fetch-organization', { orgId: foreign }),
      rig.ask('directory.delete-organization', { orgId: foreign }),
      rig.ask('directory.change-organization', { orgId: foreign, changes: { name: 'Mine' } }),
      rig.ask('directory.remove-member', { orgId: foreign, userId }),
      rig.ask('directory.add-member', { orgId: foreign, userId: eve, role: 'Owner', additionalRoles: [] }),
      rig.ask('directory.change-role', { orgId: foreign, userId: eve, role: 'Owner', additionalRoles: [] }),
    ]);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('a user who leaves is not a member in the next answer; a role change shows there too', async () => {
    const [orgId, owner, userId] = [await rig.createOrganization('Acme'), await rig.createUser('owner@example.test'), await rig.createUser('ada@example.test')];
    await rig.addMember(orgId, owner, 'Owner');
    await rig.addMember(orgId, userId);
    await rig.ask('directory.change-role', { orgId, userId, role: 'Admin', additionalRoles: [] });
    expect((await members(orgId, { role: 'Admin' })).items.map(({ user }) => user.userId)).toEqual([userId]);
    await rig.ask('directory.remove-member', { orgId, userId });
    expect((await members(orgId)).total).toBe(1);
  });

  it('without organizations in the environment every command and question about them says so', async () => {
    const [orgId, userId] = [await rig.createOrganization('Acme'), await rig.createUser('ada@example.test')];
    await rig.ask('directory.change-settings', { changes: { organizationsEnabled: false } });
    const refusals = await refusalsOf([
      rig.createOrganization('Another'),
      rig.addMember(orgId, userId),
      rig.ask('directory.delete-organization', { orgId }),
      rig.ask('directory.fetch-organization', { orgId }),
      rig.ask('directory.query-organizations', { orderBy: 'NAME', name: null, legacyOrgId: null, domain: null, pageNumber: 0, pageSize: 10 }),
    ]);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'ORGANIZATIONS_DISABLED' });
  });
});
