import { randomUUID } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { tags } from '@app/domain';
import { unseal } from '@app/secrets';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployment, DirectoryRig, newDeployment, refusalsOf, userProfile } from '../testing/directory-rig.js';

describe('users', () => {
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
  const fetch = (userId: string, includeOrgs = false) => rig.ask('directory.fetch-user', { by: 'id', value: userId, includeOrgs });

  it('a user is in the very next answer, found by id, address and user name whatever their case', async () => {
    const userId = await rig.createUser('Ada@Example.test', {
      profile: userProfile({ username: 'Ada', properties: { fav_sport: 'chess' } }),
      canCreateOrgs: true,
    });
    const { user, orgs } = await fetch(userId);
    expect(user).toMatchObject({ userId, email: 'Ada@Example.test', hasPassword: false, canCreateOrgs: true, blocked: false, deleted: false });
    expect(orgs).toEqual([]);
    for (const [by, value] of [
      ['email', 'aDA@example.TEST'],
      ['username', 'aDA'],
    ] as const) {
      expect((await rig.ask('directory.fetch-user', { by, value, includeOrgs: false })).user.userId).toBe(userId);
    }
    expect(rig.fence.settledNames).toEqual([]);
  });

  it('an address is taken whatever its case, in its environment only, and free again after a deletion', async () => {
    const first = await rig.createUser('ada@example.test');
    await expect(rig.createUser('ADA@example.test')).rejects.toMatchObject({ code: 'INVALID_FIELDS', fields: { email: [expect.any(String)] } });
    const other = { environmentId: randomUUID() };
    await rig.createUser('ada@example.test', {}, other);
    await rig.ask('directory.delete-user', { userId: first });
    await rig.createUser('ada@example.test');
  });

  it('a repeated creation returns the id of the first and creates nothing', async () => {
    const caller = { commandId: 'same', requestDigest: 'd1' };
    const first = await rig.createUser('ada@example.test', {}, caller);
    expect(await rig.createUser('ada@example.test', {}, caller)).toBe(first);
    await expect(rig.createUser('ada@example.test', {}, { commandId: 'same', requestDigest: 'd2' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect((await rig.ask('directory.query-users', everyone)).total).toBe(1);
  });

  it('of two creations of one address at once, by two replicas, the log lets one through', async () => {
    const replica = await DirectoryRig.open(deployment);
    replica.environmentId = rig.environmentId;
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? rig : replica).createUser('Ada@example.test')));
    await replica.close();
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const attempt of attempts) if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ fields: { email: expect.any(Array) } });
    expect((await rig.ask('directory.query-users', everyone)).total).toBe(1);
  });

  it('a changed address gives the old one back and keeps the new one, a change of case alone included', async () => {
    const userId = await rig.createUser('old@example.test');
    const change = (newEmail: string) => rig.ask('directory.change-email', { userId, newEmail, emailConfirmed: false });
    await change('new@example.test');
    await change('New@Example.test');
    expect((await fetch(userId)).user).toMatchObject({ email: 'New@Example.test', emailConfirmed: false });
    const other = await rig.createUser('old@example.test');
    await expect(rig.ask('directory.change-email', { userId: other, newEmail: 'NEW@example.test', emailConfirmed: true })).rejects.toMatchObject({
      fields: { newEmail: [expect.any(String)] },
    });
  });

  it('a user name belongs to one user until it is changed, removed or the user deleted', async () => {
    const [one, two] = [await rig.createUser('one@example.test', { profile: userProfile({ username: 'Name' }) }), await rig.createUser('two@example.test')];
    const rename = (userId: string, username: string | null) => rig.ask('directory.change-profile', { userId, changes: { username } });
    await expect(rename(two, 'nAME')).rejects.toMatchObject({ fields: { username: [expect.any(String)] } });
    await rename(one, 'name');
    await expect(rename(two, 'Name')).rejects.toMatchObject({ code: 'INVALID_FIELDS' });
    await rename(one, null);
    await rename(two, 'Name');
    expect((await fetch(one)).user.profile.username).toBeNull();
  });

  it('passwords of the wrong length are refused by name, on creation and later, without being quoted', async () => {
    const userId = await rig.createUser('ada@example.test');
    for (const password of ['short-7', 'x'.repeat(1_025)]) {
      const attempts = [rig.createUser('b@example.test', { password }), rig.ask('directory.set-password', { userId, password, updatePasswordRequired: false })];
      for (const refusal of await refusalsOf(attempts)) {
        expect(refusal).toMatchObject({ code: 'INVALID_FIELDS', fields: { password: [expect.any(String)] } });
        expect(JSON.stringify(refusal)).not.toContain(password);
      }
    }
  });

  it('a password lies in the log as a sealed argon2id hash, bound to its user, and in no answer', async () => {
    const userId = await rig.createUser('ada@example.test', { password: 'correct horse' });
    const sealed = async () => String(((await rig.states.load(tags.user(userId))).state as { sealedPasswordHash: string }).sealedPasswordHash);
    const phc = unseal(deployment.secrets.sealSecret, `password:${userId}`, await sealed());
    expect(phc).toMatch(/^\$argon2id\$/);
    expect(await verify(phc, 'correct horse')).toBe(true);
    const original = await sealed();
    expect(() => unseal(deployment.secrets.sealSecret, `password:${randomUUID()}`, original)).toThrow();
    const answer = await fetch(userId);
    expect(answer.user.hasPassword).toBe(true);
    expect(JSON.stringify(answer)).not.toContain('sealed');
    await rig.ask('directory.set-password', { userId, password: 'battery staple', updatePasswordRequired: true });
    expect((await fetch(userId)).user.profile.updatePasswordRequired).toBe(true);
    expect(await verify(unseal(deployment.secrets.sealSecret, `password:${userId}`, await sealed()), 'battery staple')).toBe(true);
    await rig.ask('directory.clear-password', { userId });
    expect((await fetch(userId)).user.hasPassword).toBe(false);
  });

  it('every change waits for the fence of its user, repeated and missed ones too', async () => {
    const userId = await rig.createUser('ada@example.test');
    const before = rig.fence.settledNames.length;
    await rig.ask('directory.block-user', { userId });
    await rig.ask('directory.block-user', { userId });
    await rig.ask('directory.unblock-user', { userId });
    await rig.ask('directory.set-org-creation', { userId, canCreateOrgs: true });
    await rig.ask('directory.end-sessions', { userId });
    await rig.ask('directory.delete-user', { userId });
    await expect(rig.ask('directory.delete-user', { userId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(rig.fence.settledNames.slice(before)).toEqual(Array.from({ length: 7 }, () => [tags.user(userId)]));
  });

  it('a block is not answered before the fence lets it', async () => {
    const userId = await rig.createUser('ada@example.test');
    let release: () => void = () => undefined;
    rig.fence.hold = new Promise((resolve) => {
      release = resolve;
    });
    let answered = false;
    const block = rig.ask('directory.block-user', { userId }).then(() => {
      answered = true;
    });
    expect((await fetchUntilBlocked(userId)).blocked).toBe(true);
    expect(answered).toBe(false);
    release();
    await block;
  });

  const fetchUntilBlocked = async (userId: string) => {
    for (;;) {
      const { user } = await fetch(userId);
      if (user.blocked) return user;
    }
  };

  it('another environment’s user looks exactly like none, to every question and command', async () => {
    const userId = await rig.createUser('ada@example.test', { profile: userProfile({ username: 'ada' }) });
    const caller = { environmentId: await rig.createEnvironment('other') };
    const requests = [
      rig.ask('directory.fetch-user', { by: 'id', value: userId, includeOrgs: false }, caller),
      rig.ask('directory.fetch-user', { by: 'email', value: 'ada@example.test', includeOrgs: false }, caller),
      rig.ask('directory.fetch-user', { by: 'username', value: 'ada', includeOrgs: false }, caller),
      rig.ask('directory.block-user', { userId }, caller),
      rig.ask('directory.unblock-user', { userId }, caller),
      rig.ask('directory.delete-user', { userId }, caller),
      rig.ask('directory.end-sessions', { userId }, caller),
      rig.ask('directory.change-profile', { userId, changes: { firstName: 'x' } }, caller),
      rig.ask('directory.change-email', { userId, newEmail: 'x@example.test', emailConfirmed: true }, caller),
      rig.ask('directory.set-password', { userId, password: 'long enough', updatePasswordRequired: false }, caller),
      rig.ask('directory.clear-password', { userId }, caller),
      rig.ask('directory.set-org-creation', { userId, canCreateOrgs: true }, caller),
    ];
    for (const refusal of await refusalsOf(requests)) expect(refusal).toMatchObject({ code: 'NOT_FOUND' });
    expect(await rig.ask('directory.batch-users', { by: 'id', values: [userId], includeOrgs: false }, caller)).toEqual({ users: [] });
    expect((await rig.ask('directory.query-users', everyone, caller)).total).toBe(0);
  });

  it('a list asked of one replica holds what another has just created', async () => {
    const replica = await DirectoryRig.open(deployment);
    replica.environmentId = rig.environmentId;
    for (let round = 0; round < 10; round += 1) {
      await rig.createUser(`user-${round}@example.test`);
      expect((await replica.ask('directory.query-users', everyone)).total).toBe(round + 1);
    }
    await replica.close();
  });
});

const everyone = {
  orderBy: 'CREATED_AT_DESC',
  emailOrUsername: null,
  legacyUserId: null,
  orgId: null,
  role: null,
  includeOrgs: false,
  pageNumber: 0,
  pageSize: 10,
} as const;
