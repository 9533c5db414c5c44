import { describe, expect, it } from 'vitest';
import { LIST_KEYS_DEFAULTS } from '@app/messages';
import { Refusal } from '@app/domain';
import { Cascade } from '@app/keys';
import { LogTail } from '@app/log';
import { EventLog } from '@app/ports';
import { directory } from '@test/support/keys/directory-facts.js';
import { digestOf, pepper } from '@test/support/keys/keys-stage.js';
import { allCommits, keysThatFollow, recordedKeys } from '@test/support/log/log-facts.js';
import { refusalOf, useStages } from '@test/support/keys/stages.js';

const { open } = useStages();

describe('issuing', () => {
  it('a list right after a create contains the key', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    for (let i = 0; i < 20; i += 1) {
      const keyId = await stage.issue();
      expect(await stage.list(false)).toContain(keyId);
    }
  });

  it('a list through another replica contains the key right after the create', async () => {
    const [one, other] = [await open(), await open()];
    await one.run(directory.createEnvironment());
    for (let i = 0; i < 20; i += 1) {
      const keyId = await one.issue();
      expect(await other.list(false)).toContain(keyId);
    }
  });

  it('of two keys with the same imported token, at once through two replicas, one is made', async () => {
    const [one, other] = [await open(), await open()];
    await one.run(directory.createEnvironment());
    for (let i = 0; i < 50; i += 1) {
      const imported = { imported: true, digest: digestOf(`imported-${i}`) };
      const results = await Promise.allSettled([one.issue(imported), other.issue(imported)]);
      const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Refusal] : []));
      expect(refusals.map(({ code, fields }) => [code, Object.keys(fields)])).toEqual([['INVALID_FIELDS', ['tokenTag']]]);
    }
  });

  it('a token that was imported under a retired pepper is not imported again, revoked or not', async () => {
    const old = await open({ peppers: [pepper('old')] });
    await old.run(directory.createEnvironment());
    const imported = { imported: true, digest: digestOf('an imported token') };
    await old.revoke(await old.issue(imported));
    const rotated = await open({ peppers: [pepper('new'), pepper('old')] });
    expect((await refusalOf(rotated.issue(imported))).fields).toHaveProperty('tokenTag');
  });

  it('a repeated command makes no second key: a secret is shown once, an imported key is answered alike', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    const repeat = { commandId: 'idempotent', requestDigest: digestOf('body') };
    const keyId = await stage.issue({}, repeat);
    expect(await refusalOf(stage.issue({}, repeat))).toMatchObject({ code: 'TOKEN_SHOWN_ONCE', subjectId: keyId });
    expect(await refusalOf(stage.issue({}, { ...repeat, requestDigest: digestOf('another') }))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    const imported = { imported: true, digest: digestOf('t') };
    const importedId = await stage.issue(imported, { commandId: 'import' });
    expect(await stage.issue(imported, { commandId: 'import' })).toBe(importedId);
    expect(await stage.list(false)).toHaveLength(2);
  });

  it('a command is known as repeated after a rotation of the pepper, and with another body as another', async () => {
    const old = await open({ peppers: [pepper('old')] });
    await old.run(directory.createEnvironment());
    const repeat = { commandId: 'idempotent', requestDigest: digestOf('body') };
    const keyId = await old.issue({}, repeat);
    const rotated = await open({ peppers: [pepper('new'), pepper('old')] });
    expect(await refusalOf(rotated.issue({}, repeat))).toMatchObject({ code: 'TOKEN_SHOWN_ONCE', subjectId: keyId });
    expect(await refusalOf(rotated.issue({}, { ...repeat, requestDigest: digestOf('another') }))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('neither the digest nor anything else of the message gets into the log', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    const digest = digestOf('secret');
    const stray = { digest, stray: 'stray-value' };
    await stage.issue(stray);
    const bodies = (await stage.get(EventLog).readFrom(1, 100)).map(({ body }) => body).join();
    expect(bodies).not.toContain(digest);
    expect(bodies).not.toContain('stray-value');
  });
});

describe('ending', () => {
  it('a key is revoked once: the second time it is not found', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    const keyId = await stage.issue();
    await stage.revoke(keyId);
    expect((await refusalOf(stage.revoke(keyId))).code).toBe('NOT_FOUND');
    expect(await stage.list(false)).toEqual([]);
    expect(await stage.list(true)).toEqual([keyId]);
  });

  it('another environment cannot see, change or revoke a key', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    const keyId = await stage.issue();
    const elsewhere = { environmentId: 'e2' };
    expect((await refusalOf(stage.ask('keys.fetch-key', { keyId }, elsewhere))).code).toBe('NOT_FOUND');
    expect((await refusalOf(stage.ask('keys.update-key', { keyId, displayName: 'x' }, elsewhere))).code).toBe('NOT_FOUND');
  });

  it('a list right after a block shows the keys of the user as archived', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    await stage.run(directory.createUser('u1'));
    const keyIds = await stage.issueMany(30, { userId: 'u1' });
    const other = await stage.issue();
    await stage.run(directory.block('u1'));
    expect(await stage.list(false)).toEqual([other]);
    expect((await stage.list(true)).toSorted()).toEqual(keyIds.toSorted());
  });

  it('a list of all keys says when each ended: as its event says, and not at all while it lives', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment({ reinstateKeysOnUnblock: true }));
    await stage.run(directory.createUser('u1'));
    const [living, revoked, suspended] = [await stage.issue(), await stage.issue(), await stage.issue({ userId: 'u1' })];
    await stage.revoke(revoked);
    await stage.run(directory.block('u1'));
    const all = { ...LIST_KEYS_DEFAULTS, life: 'any', pageNumber: 0, pageSize: 200 } as const;
    const ends = async () => Object.fromEntries((await stage.ask('keys.list-keys', all)).items.map(({ key, endedAtMs }) => [key.keyId, endedAtMs]));
    const before = await ends();
    const atOf = async (type: string) => (await allCommits(stage.get(EventLog))).find(({ events }) => events.some((event) => event.type === type))?.at;
    const [revokedAtMs, invalidatedAtMs] = [await atOf('api-key.revoked.v1'), await atOf('api-key.invalidated.v1')];
    expect(before).toEqual({ [living]: null, [revoked]: revokedAtMs, [suspended]: invalidatedAtMs });
    const late = { ...all, endedAfterMs: Number.MAX_SAFE_INTEGER };
    expect((await stage.ask('keys.list-keys', late)).items.map(({ key }) => key.keyId)).toEqual([living]);
    await stage.run(directory.unblock('u1'));
    expect(await ends()).toEqual({ [living]: null, [revoked]: revokedAtMs, [suspended]: null });
  });

  it('a key issued while its user is being blocked is refused or invalidated, never left over: the log decides', async () => {
    const [keys, blocking] = [await open(), await open({ cascade: false })];
    await keys.run(directory.createEnvironment());
    const outcomes = { refused: 0, invalidated: 0 };
    for (let i = 0; i < 100; i += 1) {
      const userId = `u${i}`;
      await keys.run(directory.createUser(userId));
      const pause = i % 3 === 0 ? Promise.resolve() : new Promise<void>((resolve) => setTimeout(resolve, i % 3 === 1 ? 0 : 1));
      const [issued] = await Promise.allSettled([keys.issue({ userId }), pause.then(() => blocking.run(directory.block(userId)))]);
      const archived = await keys.list(true, { userId });
      expect(await keys.list(false, { userId })).toEqual([]);
      if (issued.status === 'fulfilled') expect(archived).toEqual([issued.value]);
      else expect(archived).toEqual([]);
      outcomes[issued.status === 'fulfilled' ? 'invalidated' : 'refused'] += 1;
    }
    expect(outcomes.refused).toBeGreaterThan(0);
    expect(outcomes.invalidated).toBeGreaterThan(0);
    const commits = await allCommits(keys.get(EventLog));
    expect(recordedKeys(commits)).toEqual(keysThatFollow(commits));
  });

  it('an unblock with reinstatement gives back exactly the keys that the block took', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment({ reinstateKeysOnUnblock: true }));
    await stage.run(directory.createUser('u1'));
    const [kept, revoked, late] = [await stage.issue({ userId: 'u1' }), await stage.issue({ userId: 'u1' }), await stage.issue()];
    await stage.revoke(revoked);
    await stage.run(directory.block('u1'));
    expect(await stage.list(false)).toEqual([late]);
    await stage.run(directory.unblock('u1'));
    expect((await stage.list(false)).toSorted()).toEqual([kept, late].toSorted());
    expect(await stage.list(true)).toEqual([revoked]);
    const commits = await allCommits(stage.get(EventLog));
    expect(recordedKeys(commits)).toEqual(keysThatFollow(commits));
  });

  it('a key under two principals of one cause is recorded once', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment({ invalidateOrgApiKeyUponUserRemoval: true }));
    for (const decide of [directory.createUser('u1'), directory.createUser('u2'), directory.createOrganization('o1')]) await stage.run(decide);
    for (const userId of ['u1', 'u2']) await stage.run(directory.addMember(userId, 'o1'));
    const both = await stage.issue({ userId: 'u1', orgId: 'o1' });
    const made = await stage.issue({ userId: 'u2', orgId: 'o1', creatorId: 'u1' });
    const others = await stage.issue({ userId: 'u2', orgId: 'o1' });
    const { pos } = await stage.run(directory.deleteUser('u1'));
    expect(await stage.list(false)).toEqual([others]);
    const commits = await allCommits(stage.get(EventLog));
    expect(recordedKeys(commits)).toEqual({ [pos]: [both, made].toSorted() });
    expect(keysThatFollow(commits)).toEqual(recordedKeys(commits));
  });

  it('leaving and the end of an organization record what the verdict has ended already', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment({ invalidateOrgApiKeyUponUserRemoval: true }));
    for (const decide of [directory.createUser('u1'), directory.createOrganization('o1'), directory.addMember('u1', 'o1')]) await stage.run(decide);
    const members = await stage.issue({ userId: 'u1', orgId: 'o1' });
    const organizations = await stage.issue({ orgId: 'o1' });
    await stage.run(directory.removeMember('u1', 'o1'));
    expect(await stage.list(false)).toEqual([organizations]);
    await stage.run(directory.deleteOrganization('o1'));
    expect(await stage.list(false)).toEqual([]);
    expect((await stage.list(true)).toSorted()).toEqual([members, organizations].toSorted());
    const commits = await allCommits(stage.get(EventLog));
    expect(recordedKeys(commits)).toEqual(keysThatFollow(commits));
  });
});

describe('two replicas of the cascade', () => {
  it('record every key of a cause once between them', async () => {
    const [one, other] = [await open(), await open()];
    await one.run(directory.createEnvironment());
    await one.run(directory.createUser('u1'));
    await one.issueMany(1_200, { userId: 'u1' });
    await other.run(directory.block('u1'));
    const head = one.get(LogTail).applied;
    expect(await one.get(Cascade).handled(head, 20_000)).toBe(true);
    expect(await other.get(Cascade).handled(await other.get(LogTail).probe(), 20_000)).toBe(true);
    await one.get(LogTail).probe();
    expect(await one.get(Cascade).handled(one.get(LogTail).applied, 20_000)).toBe(true);
    const commits = await allCommits(one.get(EventLog));
    expect(recordedKeys(commits)).toEqual(keysThatFollow(commits));
  });
});
