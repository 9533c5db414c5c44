import { describe, expect, it } from 'vitest';
import { FenceUnavailable } from '../protocol/fence-errors.js';
import type { FenceNode } from './node.js';
import { digestOf, envRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import { settled } from '@test/support/clock/manual-clock.js';
import { userChanged, World } from '@test/support/fence/world.js';

const K = digestOf('k');
const started = async (): Promise<World> => {
  const world = new World({}, [userRecord('u'), personalKey('k', 'u'), personalKey('k2', 'u')]);
  await world.authority.start();
  return world;
};
const unavailable = (node: FenceNode, digest = K): Promise<void> => expect(node.resolve(digest)).rejects.toBeInstanceOf(FenceUnavailable);

describe('a miss', () => {
  it('is one fill for all that miss in one tick, and a hit after it', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    await Promise.all([node.resolve(K), node.resolve(digestOf('k2')), node.resolve(K)]);
    expect(wire.asked.filter((kind) => kind === 'fill')).toHaveLength(1);
    expect(node.hit(K)).not.toBeNull();
    expect(wire.asked).not.toContain('strongRead');
  });

  it('joins a fill for the same token that is under way: the lease and `put` check what it brings', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    const release = wire.hold('fill');
    const first = node.resolve(K);
    await settled();
    const second = node.resolve(K);
    await settled();
    release();
    expect(await first).toMatchObject({ kind: 'key' });
    expect(await second).toMatchObject({ kind: 'key' });
    expect(wire.asked.filter((kind) => kind === 'fill')).toHaveLength(1);
  });

  it('answers from the strong read alone while there is no lease, and skips the fill', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    world.clock.pass(60_000);
    expect(await node.resolve(K)).toMatchObject({ kind: 'key' });
    expect(wire.asked.slice(-1)).toEqual(['strongRead']);
  });

  it('survives a lost fill', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    wire.lost.add('fill');
    const looking = node.resolve(K);
    await world.clock.advance(1_000);
    expect(await looking).toMatchObject({ kind: 'key' });
  });
});

describe('unknown', () => {
  it('is said by a strong read alone, so a key works at the 2xx that created it', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    expect(await node.resolve(digestOf('new'))).toBeNull();
    expect(wire.asked.slice(-2)).toEqual(['fill', 'strongRead']);
    world.log.behind = true;
    world.create(personalKey('new', 'u'));
    expect(await node.resolve(digestOf('new'))).toMatchObject({ kind: 'key' });
  });
});

describe('a strong read', () => {
  it('never joins one that is running: it may have read before a change that the asker knows of', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    world.clock.pass(60_000);
    const release = wire.hold('strongRead');
    const early = node.resolve(K);
    await settled();
    world.change(userChanged('u'), userRecord('u', { blocked: true }));
    const late = node.resolve(K);
    await settled();
    release();
    expect(await early).toMatchObject({ records: { user: { blocked: false } } });
    expect(await late).toMatchObject({ records: { user: { blocked: true } } });
  });

  it('decides by its own records, also by those that memory refuses', async () => {
    const world = await started();
    const { node } = await world.leasedNode();
    node.onPush({ pos: 1_000, names: ['user-u'], nonce: 'n' });
    expect(await node.resolve(K)).toMatchObject({ records: { user: { userId: 'u' } } });
    expect(node.hit(K)).toBeNull();
  });
});

describe('undecided', () => {
  it('is FenceUnavailable when no answer comes, never a verdict', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    wire.cut();
    const looking = unavailable(node);
    await world.clock.advance(3_000);
    await looking;
    expect(node.counters().undecided).toBe(1);
  });

  it('is FenceUnavailable when a record of the verdict cannot be read', async () => {
    const world = await started();
    world.create(personalKey('broken', 'nobody'));
    const { node } = await world.leasedNode();
    await unavailable(node, digestOf('broken'));
  });

  it('is FenceUnavailable for the look-up after a thousand under way', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    const release = wire.hold('fill');
    const looking = Array.from({ length: 1_000 }, () => node.resolve(K));
    await settled();
    await unavailable(node);
    release();
    expect(await Promise.all(looking)).toHaveLength(1_000);
    expect(node.counters().lookUpsInFlight).toBe(0);
  });
});

describe('a refusal', () => {
  it('that rests on a record ahead of this node beside an older one is asked for strongly', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    await node.resolve(K);
    // The user's epoch rises (this node does not know yet) and a key is issued under it.
    world.change(userChanged('u'), userRecord('u', { epoch: 1 }));
    world.create(personalKey('fresh', 'u', { userEpoch: 1 }));
    expect(await node.resolve(digestOf('fresh'))).toMatchObject({ records: { user: { epoch: 1 } } });
    expect(wire.asked.at(-1)).toBe('strongRead');
    expect(node.hit(digestOf('fresh'))).toBeNull();
  });

  it('is answered from memory once this node has applied what its records rest on', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    await node.resolve(K);
    world.create(personalKey('dead', 'u', { revoked: true }));
    await node.resolve(digestOf('dead'));
    expect(wire.asked.at(-1)).toBe('strongRead');
    await world.clock.advance(1_000);
    expect(node.hit(digestOf('dead'))?.verdict).toMatchObject({ records: { key: { revoked: true } } });
  });

  it('does not make a valid key wait: an older user beside a new key may still answer "valid"', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    await node.resolve(K);
    world.create(personalKey('fresh', 'u'));
    await node.resolve(digestOf('fresh'));
    expect(node.hit(digestOf('fresh'))).not.toBeNull();
    expect(wire.asked).not.toContain('strongRead');
  });
});

describe('a record by name', () => {
  it('comes from memory under the lease, from a fill, or from a strong read', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    expect(await node.recordByName('env-env1')).toEqual(envRecord());
    expect(wire.asked.at(-1)).toBe('fill');
    expect(node.recordHit('env-env1')).toEqual(envRecord());
    world.clock.pass(60_000);
    expect(node.recordHit('env-env1')).toBeNull();
    expect(await node.recordByName('env-env1')).toEqual(envRecord());
    expect(wire.asked.at(-1)).toBe('strongRead');
    expect(await node.recordByName('user-none')).toBeNull();
  });
});
