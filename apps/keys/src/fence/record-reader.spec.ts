import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tags } from '@app/domain';
import { FenceAuthority } from '@app/fence';
import { EventLog } from '@app/ports';
import { hmacHex } from '@app/secrets';
import { directory, ENV } from '@test/support/keys/directory-facts.js';
import { digestOf, type KeysStage, pepper } from '@test/support/keys/keys-stage.js';
import { refusalOf, useStages } from '@test/support/keys/stages.js';

const { open } = useStages();
const strongRead = (stage: KeysStage, ...digests: readonly string[]) =>
  stage.get(FenceAuthority).strongRead({ incarnation: 'i', nonce: 'n', digests, names: [] });
const fill = (stage: KeysStage, digests: readonly string[]) => stage.get(FenceAuthority).fill({ incarnation: 'i', nonce: 'n', digests, names: [] });

describe('records for the fence', () => {
  it('a token is found under a retired pepper as under the newest, and an unknown one under none', async () => {
    const old = await open({ peppers: [pepper('old')] });
    await old.run(directory.createEnvironment());
    const oldId = await old.issue({ digest: digestOf('old token') });
    const rotated = await open({ peppers: [pepper('new'), pepper('old')] });
    const newId = await rotated.issue({ digest: digestOf('new token') });
    const { resolved } = await strongRead(rotated, digestOf('old token'), digestOf('new token'), digestOf('never'));
    expect(resolved.map(({ name }) => name)).toEqual([tags.key(oldId), tags.key(newId), null]);
  });

  it('a strong read through another replica knows a key the moment its create is answered', async () => {
    const [one, other] = [await open(), await open()];
    await one.run(directory.createEnvironment());
    for (let i = 0; i < 20; i += 1) {
      const keyId = await one.issue();
      expect((await strongRead(other, digestOf(keyId))).resolved[0]?.name).toBe(tags.key(keyId));
    }
  });

  it('all records of a verdict come together, revoked keys included, and a backend key by its own name', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    for (const decide of [directory.createUser('u1'), directory.createOrganization('o1'), directory.addMember('u1', 'o1')]) await stage.run(decide);
    const keyId = await stage.issue({ userId: 'u1', orgId: 'o1' });
    await stage.revoke(keyId);
    await stage.ask('keys.issue-backend-key', { backendKeyId: 'b1', digest: digestOf('backend'), name: 'b', kind: 'full-access', permissions: [] });
    const { records, resolved } = await strongRead(stage, digestOf(keyId), digestOf('backend'));
    expect(records.map(({ name }) => name).toSorted()).toEqual([`backendkey-b1`, tags.env(ENV), tags.key(keyId), tags.org('o1'), tags.user('u1')].toSorted());
    expect(records.find(({ name }) => name === tags.key(keyId))?.state).toMatchObject({ kind: 'key', revoked: true });
    expect(resolved.map(({ name }) => name)).toEqual([tags.key(keyId), tags.backendKey('b1')]);
  });

  it('a fill of 500 digests resolves those that are there and no other', async () => {
    const filling = await open({ peppers: [pepper('new'), pepper('old')] });
    await filling.run(directory.createEnvironment());
    const keyIds = await filling.issueMany(250, {});
    const cold = await open({ peppers: [pepper('new'), pepper('old')] });
    const digests = [...keyIds.map(digestOf), ...Array.from({ length: 250 }, () => randomBytes(32).toString('hex'))];
    const { resolved } = await fill(cold, digests);
    expect(resolved.filter(({ name }) => name !== null)).toHaveLength(250);
  });
});

describe('secrets', () => {
  it('no answer, record or refusal holds a token, its digest or what the log stores of it', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    const digest = digestOf('the token');
    const keyId = await stage.issue({ imported: true, digest });
    const backend = { backendKeyId: 'b1', digest: digestOf('backend'), name: 'b', kind: 'full-access', permissions: [] } as const;
    await stage.ask('keys.issue-backend-key', backend, { commandId: 'c' });
    const said = [
      await stage.views(false),
      await stage.ask('keys.fetch-key', { keyId }),
      await stage.ask('keys.list-backend-keys', {}),
      await strongRead(stage, digest).then(({ records }) => records.map(({ state }) => state)),
      await refusalOf(stage.issue({ imported: true, digest })),
      await refusalOf(stage.ask('keys.issue-backend-key', backend, { commandId: 'c' })),
      await refusalOf(stage.ask('keys.issue-backend-key', { ...backend, backendKeyId: 'b2' })),
      await refusalOf(stage.issue({ userId: 'nobody', digest: digestOf('refused') })),
    ]
      .map((answer) => inspect(answer, { depth: 20 }))
      .join();
    for (const secret of [digest, digestOf('backend'), digestOf('refused')]) {
      expect(said).not.toContain(secret);
      expect(said).not.toContain(hmacHex(pepper('1').key, secret));
    }
    expect((await stage.get(EventLog).readFrom(1, 100)).map(({ body }) => body).join()).not.toContain(digest);
  });
});

describe('usage', () => {
  it('running totals are counted once however often they are sent, and show when a key was last used', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    const keyId = await stage.issue();
    const total = { incarnation: 'i', day: '2026-01-01', keyId, environmentId: ENV, userId: null, orgId: null, count: 3, lastUsedAtMs: 77 };
    for (const count of [3, 5, 5]) await stage.ask('keys.usage', { totals: [{ ...total, count }] });
    expect(await stage.ask('keys.count-usage', { day: '2026-01-01', keyId, userId: null, orgId: null })).toEqual({ count: 5 });
    expect((await stage.views(false))[0]?.lastUsedAtMs).toBe(77);
  });
});
