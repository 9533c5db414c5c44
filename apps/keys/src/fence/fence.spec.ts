import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tags } from '@app/domain';
import { FenceAuthority, FenceTransport } from '@app/fence';
import { LocalChangeFence } from '@app/keys';
import { ChangeFence, EntityStates } from '@app/platform';
import { Clock } from '@app/ports';
import { directory } from '@test/support/keys/directory-facts.js';
import { type KeysStage, LEASE_MS } from '@test/support/keys/keys-stage.js';
import { refusalOf, useStages } from '@test/support/keys/stages.js';

const { open } = useStages();

/** A registered run of a node that acknowledges what it is pushed, or is silent; `pushed` are the names it has seen. */
const join = async (stage: KeysStage, silent = false): Promise<{ readonly incarnation: string; readonly pushed: string[] }> => {
  const incarnation = randomBytes(8).toString('hex');
  const pushed: string[] = [];
  await stage.get(FenceAuthority).join({ incarnation, nonce: 'n' });
  stage.get(FenceTransport).onPush(({ names, nonce }) => {
    pushed.push(...names);
    return { incarnation: silent ? 'nobody' : incarnation, nonce };
  });
  return { incarnation, pushed };
};
const msOf = async (work: Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work;
  return performance.now() - began;
};

/** Stands for the fence where the test asks only what it was told. */
class NotingFence extends ChangeFence {
  readonly settledNames: (readonly string[])[] = [];
  waitForFence(_pos: number, names: readonly string[]): Promise<void> {
    this.settledNames.push(names);
    return Promise.resolve();
  }
}

describe('an acknowledged revoke', () => {
  it('comes at once when every node has applied it, and tells them the key', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    const keyId = await stage.issue();
    const node = await join(stage);
    expect(await msOf(stage.revoke(keyId))).toBeLessThan(LEASE_MS / 2);
    expect(node.pushed).toContain(tags.key(keyId));
  });

  it('comes after a whole lease when a node is silent', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    const keyId = await stage.issue();
    await join(stage, true);
    const took = await msOf(stage.revoke(keyId));
    expect(took).toBeGreaterThanOrEqual(LEASE_MS);
    expect(took).toBeLessThan(2 * LEASE_MS);
  });

  it('waits for the nodes just the same when it finds the key revoked already', async () => {
    const stage = await open();
    await stage.run(directory.createEnvironment());
    const keyId = await stage.issue();
    await stage.revoke(keyId);
    await join(stage, true);
    expect(await msOf(refusalOf(stage.revoke(keyId)))).toBeGreaterThanOrEqual(LEASE_MS);
  });

  it('that says "not found", because the user is blocked, has revoked the key before: no unblock brings it back', async () => {
    const fence = new NotingFence();
    const stage = await open({ changeFence: fence });
    await stage.run(directory.createEnvironment());
    await stage.run(directory.createUser('u1'));
    const keyId = await stage.issue({ userId: 'u1' });
    await stage.run(directory.block('u1'));
    expect((await refusalOf(stage.revoke(keyId))).code).toBe('NOT_FOUND');
    expect(fence.settledNames).toEqual([[tags.key(keyId)]]);
    expect((await stage.get(EntityStates).load('key-', tags.key(keyId)))?.revokedPos).not.toBeNull();
  });
});

describe('the barrier', () => {
  it('of an authority that has not read the registry yet says nothing, so that a change waits for the lease', async () => {
    const stage = await open();
    const starting = new FenceAuthority({
      clock: stage.get(Clock),
      transport: stage.get(FenceTransport),
      leaseMs: LEASE_MS,
      log: {
        head: { pos: 5, hash: '', at: 0 },
        probe: () => Promise.resolve(5),
        waitFor: () => Promise.resolve(),
        hashAt: () => Promise.resolve(null),
        onApply: () => () => undefined,
        readBack: () => Promise.resolve([]),
        registryAt: () => Promise.resolve({ leaseMs: LEASE_MS, nodes: {} }),
        append: () => Promise.resolve(),
      },
      records: { resolveDigest: () => Promise.resolve(null), read: () => Promise.resolve(null) },
    });
    const fence = new LocalChangeFence(starting, stage.get(Clock));
    expect(await msOf(fence.waitForFence(1, [], performance.now()))).toBeGreaterThanOrEqual(LEASE_MS - 1);
  });
});
