import { beforeEach, describe, expect, it } from 'vitest';
import { sharedCacheContract } from '@test/contract/shared-cache.contract.js';
import { FenceUnavailable } from '../protocol/fence-errors.js';
import type { FenceNode } from './node.js';
import { SealedRecords } from './sealed-records.js';
import type { FaultyTransport } from '@test/support/fence/faulty-transport.js';
import { MemoryCache } from '@test/support/fence/memory-cache.js';
import { digestOf, membership, orgRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import { settled, ManualClock } from '@test/support/clock/manual-clock.js';
import { keyRevoked, userChanged, World } from '@test/support/fence/world.js';

sharedCacheContract('in memory, for tests', () => {
  const clock = new ManualClock();
  const cache = new MemoryCache(clock);
  return Promise.resolve({ cache, other: cache, pass: (ms) => Promise.resolve(clock.pass(ms)), close: () => cache.close() });
});

const K = digestOf('k');
const SECRET = Buffer.alloc(32, 9);
const member = userRecord('u', { memberships: { o: membership() } });
const blocked = userRecord('u', { memberships: { o: membership() }, blocked: true });

let world: World;
let store: MemoryCache;
beforeEach(async () => {
  world = new World({}, [orgRecord('o'), member, personalKey('k', 'u'), personalKey('k2', 'u')]);
  store = new MemoryCache(world.clock);
  await world.authority.start();
});
const node = (): Promise<{ node: FenceNode; wire: FaultyTransport }> => world.leasedNode({ cache: { store, secret: SECRET } });
const fillsOf = (wire: FaultyTransport): number => wire.asked.filter((kind) => kind === 'fill').length;
/** What another node has put there. */
const warmed = async (): Promise<void> => {
  const { node: first } = await node();
  await first.lookUp([K, digestOf('k2')]);
  await first.stop();
};

describe('a fill from the shared cache', () => {
  it('spares the authority all of it: the key, its user, and the organizations of that', async () => {
    await warmed();
    const { node: second, wire } = await node();
    expect(await second.resolve(K)).toMatchObject({ records: { key: { keyId: 'k' }, user: { userId: 'u' }, memberOrgs: [{ orgId: 'o' }] } });
    expect(wire.asked).not.toContain('fill');
    expect(wire.asked).not.toContain('strongRead');
    expect(second.hit(K)).not.toBeNull();
    expect(second.counters()).toMatchObject({ cacheHits: 4, cacheMisses: 0, cacheRefused: 0, fills: 0 });
    await second.resolve(digestOf('k2'));
    expect(second.counters().cacheHits).toBe(5);
  });

  it('is one look for all that miss in one tick, and asks the authority for the rest alone', async () => {
    await warmed();
    world.create(personalKey('new', 'u'));
    const { node: second, wire } = await node();
    await Promise.all([second.resolve(K), second.resolve(digestOf('new')), second.resolve(digestOf('k2'))]);
    expect(store.reads - 6).toBeLessThanOrEqual(3);
    expect(fillsOf(wire)).toBe(1);
    expect(second.hit(digestOf('new'))).not.toBeNull();
  });

  it('leaves what the authority answers for the others, sealed: neither digest nor name nor state can be read', async () => {
    await warmed();
    expect(store.values.size).toBe(5);
    const all = [...store.values].map(([place, { value }]) => `${place} ${value.toString('latin1')}`).join();
    for (const text of [K, 'user-u', 'key-k', 'example', '"asOf"']) expect(all).not.toContain(text);
  });

  it('finds a record by its name too', async () => {
    await warmed();
    const { node: second, wire } = await node();
    expect(await second.recordByName('user-u')).toEqual(member);
    expect(fillsOf(wire)).toBe(0);
    expect(await second.recordByName('user-none')).toBeNull();
    expect(wire.asked.slice(-2)).toEqual(['fill', 'strongRead']);
  });

  it('is silent when the cache is: the authority answers', async () => {
    await warmed();
    store.silent = true;
    const { node: second, wire } = await node();
    expect(await second.resolve(K)).toMatchObject({ kind: 'key' });
    expect(fillsOf(wire)).toBe(1);
    expect(second.counters().cacheHits).toBe(0);
  });

  it('is nothing after an hour', async () => {
    await warmed();
    await world.clock.advance(3_600_000);
    const { node: second, wire } = await node();
    await second.resolve(K);
    expect(fillsOf(wire)).toBe(1);
  });

  it('leaves half of the time for the strong read when neither answers', async () => {
    const { node: second, wire } = await node();
    wire.lost.add('fill');
    const looking = second.resolve(K);
    await world.clock.advance(1_000);
    expect(await looking).toMatchObject({ kind: 'key' });
    wire.cut();
    const failing = expect(second.resolve(digestOf('k2'))).rejects.toBeInstanceOf(FenceUnavailable);
    await world.clock.advance(3_000);
    await failing;
  });
});

describe('what the cache holds never decides', () => {
  it('a record from before a change that this node knows of is refused', async () => {
    await warmed();
    const { node: second, wire } = await node();
    await world.authority.barrier(world.change(userChanged('u'), blocked), ['user-u']);
    expect(await second.resolve(K)).toMatchObject({ records: { user: { blocked: true } } });
    expect(second.counters().putRefused.olderThanChange).toBe(1);
    expect(fillsOf(wire)).toBe(1);
  });

  it('a record from before what a new node will ever be told of is refused', async () => {
    world = new World({ limits: { changesInMemory: 2 } }, [userRecord('u'), personalKey('k', 'u')]);
    store = new MemoryCache(world.clock);
    await world.authority.start();
    await warmed();
    world.change(keyRevoked('k'), personalKey('k', 'u', { revoked: true }));
    for (let count = 0; count < 3; count += 1) world.change(userChanged('other'));
    const { node: second } = await node();
    expect(await second.resolve(K)).toMatchObject({ records: { key: { revoked: true } } });
    expect(second.counters().putRefused.belowFloor).toBeGreaterThan(0);
  });

  it('a record that a change overtook between the look into the cache and the answer is dead', async () => {
    await warmed();
    const { node: second } = await node();
    const looking = second.resolve(K);
    second.onPush({ pos: world.change(userChanged('u'), blocked), names: ['user-u'], nonce: 'b' });
    expect(await looking).toMatchObject({ records: { user: { blocked: true } } });
  });

  it('values of other places, with flipped bits, of another log or secret are refused and counted', async () => {
    await warmed();
    const [first, ...others] = [...store.values.keys()];
    const swapped = new Map([[first, store.values.get(others.at(-1) ?? '')]]);
    for (const [index, place] of others.entries()) {
      const stored = store.values.get(place);
      if (stored === undefined) throw new Error('none');
      const value = Buffer.from(stored.value);
      value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
      const made = new SealedRecords(index % 2 === 0 ? SECRET : Buffer.alloc(32)).seal(place, 'another log', {
        name: 'user-u',
        state: member,
        asOf: 1_000_000,
        digest: K,
      });
      swapped.set(place, { ...stored, value: index < 2 ? value : made });
    }
    for (const [place, stored] of swapped) if (place !== undefined && stored !== undefined) store.values.set(place, stored);
    const { node: second, wire } = await node();
    expect(await second.lookUp([K, digestOf('k2')])).toHaveProperty('size', 2);
    expect(fillsOf(wire)).toBe(1);
    expect(second.counters()).toMatchObject({ cacheHits: 0, cacheRefused: 2 });
  });

  it('a strong read does not look there', async () => {
    await warmed();
    const { node: second, wire } = await node();
    world.clock.pass(60_000);
    const { reads } = store;
    expect(await second.resolve(K)).toMatchObject({ kind: 'key' });
    expect(store.reads).toBe(reads);
    expect(wire.asked.at(-1)).toBe('strongRead');
  });

  it('nor does a node that has not joined: which log this is, it cannot tell', async () => {
    await warmed();
    const { node: second, wire } = world.node({ cache: { store, secret: SECRET } });
    const written = store.values.size;
    expect(await second.resolve(K)).toMatchObject({ kind: 'key' });
    expect([wire.asked, store.values.size]).toEqual([['strongRead'], written]);
  });
});

it('without a cache nothing is looked at and nothing counted', async () => {
  const { node: lone, wire } = await world.leasedNode();
  await lone.resolve(K);
  await settled();
  expect(fillsOf(wire)).toBe(1);
  expect(lone.counters()).toMatchObject({ cacheHits: 0, cacheMisses: 0, cacheRefused: 0 });
  expect(store.reads).toBe(0);
});

it('a node that is sent back to the start and then finds itself in another log ends', async () => {
  const { node: second, wire } = await node();
  await second.resolve(K);
  wire.renew = ({ nonce }) => Promise.resolve({ kind: 'refused', nonce });
  wire.join = ({ nonce }) => Promise.resolve({ nonce, leaseMs: 5_000, feedFloor: 0, hash: 'h', logHash: 'another' });
  await world.clock.advance(1_000);
  expect(world.broken).toHaveLength(1);
  expect(second.hit(K)).toBeNull();
});
