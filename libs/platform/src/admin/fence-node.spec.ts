import type { FenceNode } from '@app/fence';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FaultyTransport } from '@test/support/fence/faulty-transport.js';
import { MemoryCache } from '@test/support/fence/memory-cache.js';
import { digestOf, personalKey, userRecord } from '@test/support/fence/records.js';
import { settled } from '@test/support/clock/manual-clock.js';
import { LEASE_MS, userChanged, World } from '@test/support/fence/world.js';
import { parseExposition, valueOf } from '@test/support/observed/exposition.js';
import { observeFenceNode } from './fence-node-sources.js';
import { FenceNodeWatch } from './fence-node-watch.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';

describe('a fence node that is observed', () => {
  let world: World;
  let node: FenceNode;
  let wire: FaultyTransport;
  let metrics: Metrics;
  let readiness: Readiness;
  let watch: FenceNodeWatch;
  let said: string[];

  beforeEach(async () => {
    world = new World({}, [userRecord('u'), personalKey('k', 'u')]);
    ({ node, wire } = world.node());
    [metrics, readiness, said] = [new Metrics(), new Readiness(), []];
    observeFenceNode(metrics, readiness, node);
    watch = new FenceNodeWatch(node, world.clock, { warn: (text) => void said.push(text) });
    await world.authority.start();
  });
  const told = async (name: string, labels: Readonly<Record<string, string>> = {}) => valueOf(parseExposition(await metrics.text()), name, labels);

  it('is ready while it has a lease, and tells how long that lasts', async () => {
    expect((await readiness.report()).checks).toEqual({ lease: 'This process holds no lease: it may answer nothing from memory.' });
    expect(await told('keyfence_lease_remaining_ms')).toBe(0);
    await node.start();
    expect((await readiness.report()).ready).toBe(true);
    expect(await told('keyfence_lease_remaining_ms')).toBe(0.8 * LEASE_MS);
    world.clock.pass(1_000);
    expect(await told('keyfence_lease_remaining_ms')).toBe(0.8 * LEASE_MS - 1_000);
    world.clock.pass(0.8 * LEASE_MS - 1_000);
    expect([await told('keyfence_lease_remaining_ms'), (await readiness.report()).ready]).toEqual([0, false]);
  });

  it('counts what memory refused, by reason', async () => {
    await node.start();
    const release = wire.hold('fill');
    const resolving = node.resolve(digestOf('k'));
    await settled();
    const pos = world.change(userChanged('u'), userRecord('u', { blocked: true }));
    await world.authority.barrier(pos, ['user-u']);
    release();
    await resolving;
    expect([
      await told('keyfence_put_refused_total', { reason: 'older_than_change' }),
      await told('keyfence_put_refused_total', { reason: 'below_floor' }),
    ]).toEqual([1, 0]);
    expect([await told('keyfence_fills_total'), await told('keyfence_strong_reads_total'), await told('keyfence_records')]).toEqual([
      1,
      1,
      node.counters().records,
    ]);
  });

  it('tells what the cache that nodes share had, had not, and what was not a record', async () => {
    const cache = { store: new MemoryCache(world.clock), secret: Buffer.alloc(32) };
    const [first, second] = [world.node({ cache }).node, world.node({ cache }).node];
    observeFenceNode((metrics = new Metrics()), new Readiness(), second);
    await first.start();
    await first.resolve(digestOf('k'));
    await second.start();
    await second.resolve(digestOf('k'));
    await second.recordByName('user-none');
    const outcomes = (): Promise<readonly unknown[]> =>
      Promise.all(['hit', 'miss', 'refused'].map((outcome) => told('keyfence_cache_reads_total', { outcome })));
    expect(await outcomes()).toEqual([3, 1, 0]);
    for (const [place, stored] of cache.store.values) cache.store.values.set(place, { ...stored, value: Buffer.alloc(100) });
    await world.authority.barrier(world.change(userChanged('u'), userRecord('u')), ['user-u']);
    await second.resolve(digestOf('k'));
    expect(await outcomes()).toEqual([3, 1, 1]);
  });

  it('says once that the lease is lost and once that it is back', async () => {
    await node.start();
    watch.start();
    await world.clock.advance(3_000);
    expect(said).toEqual([]);
    wire.cut();
    await world.clock.advance(10_000);
    expect(said).toEqual(['There is no lease: until it is back, this process answers nothing from memory.']);
    wire.mend();
    await world.clock.advance(5_000);
    expect(said.length).toBe(2);
    expect(said[1]).toMatch(/^The lease is back after about \d+ ms\.$/);
    await watch.stop();
    await node.stop();
    expect(said.length).toBe(2);
  });

  it('says nothing of a lease that a pause of the process has ended, when it is renewed at once', async () => {
    await node.start();
    watch.start();
    await world.clock.advance(500);
    world.clock.pass(2 * LEASE_MS);
    expect(node.leased()).toBe(false);
    await world.clock.advance(5_000);
    expect([node.leased(), said]).toEqual([true, []]);
    await watch.stop();
  });

  it('says at most once a second how many questions could not be decided', async () => {
    await node.start();
    watch.start();
    await settled();
    wire.cut();
    const asked = Array.from({ length: 40 }, (_, index) => node.resolve(digestOf(`unknown-${index}`), 500).catch(() => 'undecided'));
    await world.clock.advance(999);
    expect(await Promise.all(asked)).toEqual(asked.map(() => 'undecided'));
    expect([said, await told('keyfence_undecided_total')]).toEqual([[], 40]);
    await world.clock.advance(1);
    expect(said).toEqual(['40 questions could not be decided and got 503; 40 since the start.']);
    await watch.stop();
  });
});
