import { describe, expect, it } from 'vitest';
import { FenceUnavailable } from '../protocol/fence-errors.js';
import { backendKeyRecord, digestOf, envRecord, membership, orgRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import { settled } from '@test/support/clock/manual-clock.js';
import { keyRevoked, LEASE_MS, userChanged, World } from '@test/support/fence/world.js';

const K = digestOf('k');
const started = async (...more: Parameters<World['create']>): Promise<World> => {
  const world = new World({}, [userRecord('u'), personalKey('k', 'u'), backendKeyRecord('b'), ...more]);
  await world.authority.start();
  return world;
};
const blocked = userRecord('u', { blocked: true });

describe('a hit', () => {
  it('has all records of the verdict, and asks no other process', async () => {
    const world = await started(orgRecord('o'), userRecord('m', { memberships: { o: membership() } }), personalKey('n', 'm'));
    const { node, wire } = await world.leasedNode();
    await node.lookUp([digestOf('n')]);
    const asked = wire.asked.length;
    const hit = node.hit(digestOf('n'));
    expect(hit?.verdict).toMatchObject({
      kind: 'key',
      records: { key: { keyId: 'n' }, user: { userId: 'm' }, environment: envRecord(), org: null, creator: null, memberOrgs: [{ orgId: 'o' }] },
    });
    expect(wire.asked).toHaveLength(asked);
  });

  it('is null once anything the verdict rests on has changed', async () => {
    const world = await started();
    const { node } = await world.leasedNode();
    await node.resolve(K);
    expect(node.hit(K)).not.toBeNull();
    await world.authority.barrier(world.change(userChanged('u'), blocked), ['user-u']);
    expect(node.hit(K)).toBeNull();
    expect(await node.resolve(K)).toMatchObject({ records: { user: { blocked: true } } });
    await world.clock.advance(1_000);
    expect(node.hit(K)?.verdict).toMatchObject({ records: { user: { blocked: true } } });
  });

  it('is null without a lease, and a backend key is one too', async () => {
    const world = await started();
    const { node } = await world.leasedNode();
    await node.resolve(digestOf('b'));
    expect(node.hit(digestOf('b'))?.verdict.kind).toBe('backendkey');
    world.clock.pass(0.8 * LEASE_MS);
    expect(node.hit(digestOf('b'))).toBeNull();
  });

  it('is null for a process that was stopped past its lease, whatever timers it missed', async () => {
    const world = await started();
    const { node } = await world.leasedNode();
    await node.resolve(K);
    world.clock.pass(60_000);
    expect(node.hit(K)).toBeNull();
  });

  it('is null when the wall clock stepped: the lease is dropped until the next renewal', async () => {
    const world = await started();
    const { node } = await world.leasedNode();
    await node.resolve(K);
    world.clock.stepWall(3_600_000);
    expect(node.hit(K)).toBeNull();
    await world.clock.advance(0.2 * LEASE_MS);
    expect(node.hit(K)).not.toBeNull();
  });

  it('finds a record again that died and was read anew', async () => {
    const world = await started(personalKey('k2', 'u'));
    const { node, wire } = await world.leasedNode();
    await node.lookUp([K, digestOf('k2')]);
    await world.authority.barrier(world.change(userChanged('u'), userRecord('u', { lastActiveAtMs: 5 })), ['user-u']);
    await node.resolve(K);
    const asked = wire.asked.length;
    expect(node.hit(digestOf('k2'))?.verdict).toMatchObject({ records: { user: { lastActiveAtMs: 5 } } });
    expect(wire.asked).toHaveLength(asked);
  });
});

describe('a renewal', () => {
  it('counts the lease from when it was sent, not from when the answer came', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    const sentAt = world.clock.mono() + 1_000;
    const release = wire.hold('renew');
    await world.clock.advance(1_900);
    release();
    await settled();
    world.clock.pass(sentAt + 4_000 - world.clock.mono() - 1);
    expect(node.leased()).toBe(true);
    world.clock.pass(1);
    expect(node.leased()).toBe(false);
  });

  it('keeps the lease while it is answered, and loses it LEASE_NODE after the last that was', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    await world.clock.advance(60_000);
    expect(node.leased()).toBe(true);
    wire.lost.add('renew');
    await world.clock.advance(2_999);
    expect(node.leased()).toBe(true);
    await world.clock.advance(1_001);
    expect(node.leased()).toBe(false);
  });

  it('grants nothing before the last page of changes', async () => {
    const world = new World({ limits: { changesPerRenewal: 1 } }, [userRecord('u'), personalKey('k', 'u')]);
    await world.authority.start();
    const { node, wire } = await world.leasedNode();
    await node.resolve(K);
    wire.cut();
    await world.clock.advance(LEASE_MS);
    for (let count = 0; count < 3; count += 1) world.change(userChanged('u'), blocked);
    wire.mend();
    wire.lost.add('push');
    await world.clock.advance(1_000);
    expect(node.leased()).toBe(true);
    expect(node.hit(K)).toBeNull();
    expect(wire.asked.slice(-3)).toEqual(['renew', 'renew', 'renew']);
  });

  it('grants nothing while a page is still to come', async () => {
    const world = new World({ limits: { changesPerRenewal: 1 } }, [userRecord('u'), personalKey('k', 'u')]);
    await world.authority.start();
    const { node, wire } = world.node();
    const renew = wire.renew.bind(wire);
    let asked = 0;
    wire.renew = (question, deadlineMs) => ((asked += 1) === 2 ? new Promise(() => {}) : renew(question, deadlineMs));
    for (let count = 0; count < 3; count += 1) world.change(userChanged('u'), blocked);
    void node.start();
    await settled();
    expect(asked).toBe(2);
    expect(node.leased()).toBe(false);
  });

  it('resets a node that is older than the feed, and its memory with it', async () => {
    const world = new World({ limits: { changesInMemory: 2 } }, [userRecord('u'), personalKey('k', 'u')]);
    await world.authority.start();
    const { node, wire } = await world.leasedNode();
    await node.resolve(K);
    wire.cut();
    world.change(keyRevoked('k'), personalKey('k', 'u', { revoked: true }));
    for (let count = 0; count < 3; count += 1) world.change(userChanged('other'));
    wire.mend();
    wire.lost.add('push');
    await world.clock.advance(1_000);
    expect(node.leased()).toBe(true);
    expect(node.hit(K)).toBeNull();
    expect(node.counters().floor).toBeGreaterThan(0);
  });

  it('of another history ends the process: nothing in memory may be answered', async () => {
    const world = await started();
    const { node } = await world.leasedNode();
    await node.resolve(K);
    world.store.history = 'restored';
    await world.clock.advance(1_000);
    expect(world.broken).toHaveLength(1);
    expect(node.hit(K)).toBeNull();
    await expect(node.resolve(K)).rejects.toBeInstanceOf(FenceUnavailable);
  });
});

describe('a second join', () => {
  it('keeps no record, because what changed below the feed is never told', async () => {
    const world = new World({ limits: { changesInMemory: 2 } }, [userRecord('u'), personalKey('k', 'u')]);
    await world.authority.start();
    const { node, wire } = await world.leasedNode();
    await node.resolve(K);
    wire.cut();
    world.change(userChanged('u'), blocked);
    for (let count = 0; count < 3; count += 1) world.change(userChanged('other'));
    await world.clock.advance(3 * LEASE_MS);
    wire.mend();
    await world.clock.advance(1_000);
    expect(node.leased()).toBe(true);
    expect(node.hit(K)).toBeNull();
  });

  it('keeps none either that was read between the refusal and the join’s answer', async () => {
    const world = new World({ limits: { changesInMemory: 2 } }, [userRecord('u'), personalKey('k', 'u')]);
    await world.authority.start();
    const { node, wire } = world.node();
    wire.lost.add('join');
    const starting = node.start();
    expect(await node.resolve(K)).toMatchObject({ records: { user: { blocked: false } } });
    world.change(userChanged('u'), blocked);
    for (let count = 0; count < 3; count += 1) world.change(userChanged('other'));
    wire.mend();
    await world.clock.advance(3_000);
    await starting;
    expect(node.leased()).toBe(true);
    expect(node.hit(K)).toBeNull();
  });
});

describe('a push', () => {
  it('is applied before it is acknowledged', async () => {
    const world = await started();
    const { node } = await world.leasedNode();
    await node.resolve(K);
    const ack = node.onPush({ pos: world.change(userChanged('u'), blocked), names: ['user-u'], nonce: 'b' });
    expect(ack).toEqual({ incarnation: node.incarnation, nonce: 'b' });
    expect(node.hit(K)).toBeNull();
  });

  it('does not stand for the changes before it', async () => {
    const world = await started();
    const { node } = await world.leasedNode();
    const { applied } = node.counters();
    node.onPush({ pos: 99, names: ['user-u'], nonce: 'b' });
    expect(node.counters().applied).toBe(applied);
  });

  it('keeps a fill out that was read before it and arrives after it', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    const release = wire.hold('fill');
    const looking = node.resolve(K);
    await settled();
    await world.authority.barrier(world.change(userChanged('u'), blocked), ['user-u']);
    release();
    expect(await looking).toMatchObject({ records: { user: { blocked: true } } });
    expect(node.counters().putRefused.olderThanChange).toBe(1);
    expect(wire.asked).toContain('strongRead');
  });
});

describe('CACHE_KEYS 3', () => {
  it('answers right from strong reads when not even one verdict fits', async () => {
    const org = { memberships: { o: membership() } };
    const world = await started(orgRecord('o'), userRecord('m', org), personalKey('n', 'm'));
    const { node } = await world.leasedNode({ cacheKeys: 3 });
    expect(await node.resolve(digestOf('n'))).toMatchObject({ records: { memberOrgs: [{ orgId: 'o' }] } });
    await world.authority.barrier(world.change(userChanged('m'), userRecord('m', { ...org, blocked: true })), ['user-m']);
    expect(await node.resolve(digestOf('n'))).toMatchObject({ records: { user: { blocked: true } } });
  });
});

describe('a node that stops', () => {
  it('drops its lease first and leaves the registry last', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    await node.stop();
    expect(node.leased()).toBe(false);
    expect(wire.asked.at(-1)).toBe('leave');
    expect(world.authority.countedNodes).toEqual([]);
    await expect(node.resolve(K)).rejects.toBeInstanceOf(FenceUnavailable);
  });

  it('takes no lease from an answer that was on its way', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    const release = wire.hold('renew');
    await world.clock.advance(1_000);
    const stopping = node.stop();
    release();
    await stopping;
    expect(node.leased()).toBe(false);
  });

  it('gets away even when the authority is gone', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    wire.cut();
    const stopping = node.stop();
    await world.clock.advance(LEASE_MS);
    await stopping;
    expect(node.leased()).toBe(false);
  });
});
