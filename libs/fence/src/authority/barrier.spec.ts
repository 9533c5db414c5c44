import type { EventType } from '@app/domain';
import { describe, expect, it } from 'vitest';
import type { BarrierEnded } from './barriers.js';
import { waitForFence } from '../protocol/change-wait.js';
import type { PushMessage } from '../protocol/messages.js';
import { digestOf, personalKey, userRecord } from '@test/support/fence/records.js';
import { settled } from '@test/support/clock/manual-clock.js';
import { LEASE_MS, userChanged, World } from '@test/support/fence/world.js';

const started = async (options: ConstructorParameters<typeof World>[0] = {}): Promise<World> => {
  const world = new World(options, [userRecord('u'), personalKey('k', 'u')]);
  await world.authority.start();
  return world;
};
const written = (world: World, type: EventType): number => world.store.commits.flatMap((commit) => commit.events).filter((event) => event.type === type).length;

/** What has become of a promise by now. */
const watch = (promise: Promise<unknown>): { state: () => Promise<'pending' | 'done' | 'failed'> } => {
  let state: 'pending' | 'done' | 'failed' = 'pending';
  promise.then(
    () => (state = 'done'),
    () => (state = 'failed'),
  );
  return { state: async () => (await settled(), state) };
};

describe('a barrier', () => {
  it('ends with the acknowledgement of every node, in no time', async () => {
    const ended: BarrierEnded[] = [];
    const world = await started({ onBarrier: (barrier) => void ended.push(barrier) });
    const nodes = await Promise.all([world.leasedNode(), world.leasedNode()]);
    for (const { node } of nodes) await node.resolve(digestOf('k'));
    const pos = world.change(userChanged('u'), userRecord('u', { blocked: true }));
    await world.authority.barrier(pos, ['user-u']);
    for (const { node } of nodes) expect(node.hit(digestOf('k'))).toBeNull();
    expect(ended).toMatchObject([{ timedOut: false, tookMs: 0 }]);
  });

  it('waits LEASE_AUTHORITY for a silent node, whose lease is over by then, and fences it', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    await node.resolve(digestOf('k'));
    wire.cut();
    const pos = world.change(userChanged('u'), userRecord('u', { blocked: true }));
    const barrier = watch(world.authority.barrier(pos, ['user-u']));
    await world.clock.advance(LEASE_MS - 1);
    expect(await barrier.state()).toBe('pending');
    expect(node.hit(digestOf('k'))).toBeNull();
    expect(written(world, 'registry.node-fenced.v1')).toBe(0);
    await world.clock.advance(1);
    expect(await barrier.state()).toBe('done');
    expect(written(world, 'registry.node-fenced.v1')).toBe(1);
  });

  it('does not wait for the commit that fences', async () => {
    const world = await started();
    const { wire } = await world.leasedNode();
    wire.cut();
    world.log.append = () => new Promise(() => {});
    const barrier = watch(world.authority.barrier(world.log.head.pos, []));
    await world.clock.advance(LEASE_MS);
    expect(await barrier.state()).toBe('done');
  });

  it('pushes again every 100 ms, so that a lost message costs no lease', async () => {
    const world = await started();
    const { wire } = await world.leasedNode();
    wire.lost.add('push');
    const barrier = watch(world.authority.barrier(world.log.head.pos, ['user-u']));
    await world.clock.advance(250);
    expect(await barrier.state()).toBe('pending');
    wire.mend();
    await world.clock.advance(50);
    expect(await barrier.state()).toBe('done');
  });

  it('waits for a node that joined before the change, even when this replica has not applied either', async () => {
    const world = await started();
    const { wire } = await world.leasedNode();
    wire.lost.add('ack');
    const late = new World();
    late.store.commits.splice(0, late.store.head, ...world.store.commits);
    late.log.applyUpTo(late.store.head - 1);
    await late.authority.start();
    const barrier = watch(late.authority.barrier(late.store.head, []));
    expect(await barrier.state()).toBe('pending');
    late.log.follow();
    await late.clock.advance(LEASE_MS - 1);
    expect(await barrier.state()).toBe('pending');
    await late.clock.advance(1);
    expect(await barrier.state()).toBe('done');
  });

  it('ends when the node it waits for has left', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    wire.lost.add('push');
    const barrier = watch(world.authority.barrier(world.log.head.pos, ['user-u']));
    expect(await barrier.state()).toBe('pending');
    await node.stop();
    expect(await barrier.state()).toBe('done');
  });

  it('counts no acknowledgement of another barrier', async () => {
    const world = await started();
    await world.leasedNode({ newIncarnation: () => 'a' });
    world.transport.push = (message: PushMessage, onAck) => onAck({ incarnation: 'a', nonce: `not-${message.nonce}` });
    const barrier = watch(world.authority.barrier(world.log.head.pos, ['user-u']));
    await world.clock.advance(LEASE_MS - 1);
    expect(await barrier.state()).toBe('pending');
  });

  it('ends after LEASE_AUTHORITY even when the log cannot be read', async () => {
    const world = await started();
    const barrier = watch(world.authority.barrier(world.log.head.pos + 1, ['user-u']));
    await world.clock.advance(LEASE_MS - 1);
    expect(await barrier.state()).toBe('pending');
    await world.clock.advance(1);
    expect(await barrier.state()).toBe('done');
  });
});

describe('a silent node', () => {
  it('counts until this replica has known its fence for LEASE_AUTHORITY, then leaves', async () => {
    const world = await started();
    const { wire } = await world.leasedNode();
    wire.cut();
    const barrier = world.authority.barrier(world.log.head.pos, []);
    await world.clock.advance(LEASE_MS);
    await barrier;
    await world.clock.advance(LEASE_MS - 1);
    expect(world.authority.countedNodes).toHaveLength(1);
    await world.clock.advance(1);
    expect(world.authority.countedNodes).toEqual([]);
    expect(written(world, 'registry.node-left.v1')).toBe(1);
  });

  it('is found without any change: a quiet replica runs an empty barrier', async () => {
    const world = await started();
    const { wire } = await world.leasedNode();
    wire.cut();
    await world.clock.advance(2 * LEASE_MS);
    expect(written(world, 'registry.node-fenced.v1')).toBe(1);
    await world.clock.advance(LEASE_MS);
    expect(world.authority.countedNodes).toEqual([]);
  });

  it('that was fenced and is back joins under a new name and answers again', async () => {
    const world = await started();
    const { node, wire } = await world.leasedNode();
    const before = node.incarnation;
    wire.cut();
    await world.clock.advance(2 * LEASE_MS);
    expect(node.leased()).toBe(false);
    wire.mend();
    await world.clock.advance(LEASE_MS);
    expect(node.leased()).toBe(true);
    expect(node.incarnation).not.toBe(before);
  });
});

describe('the owner of a change', () => {
  it('may answer when the barrier says so', async () => {
    const world = await started();
    const wait = watch(waitForFence(world.clock, LEASE_MS, world.clock.mono(), () => Promise.resolve()));
    expect(await wait.state()).toBe('done');
  });

  it.each([
    ['is silent', () => new Promise<void>(() => {})],
    ['fails', () => Promise.reject(new Error('keys is gone'))],
  ])('waits a whole lease when the barrier %s', async (_, barrier: () => Promise<void>) => {
    const world = await started();
    const wait = watch(waitForFence(world.clock, LEASE_MS, world.clock.mono(), barrier));
    await world.clock.advance(LEASE_MS - 1);
    expect(await wait.state()).toBe('pending');
    await world.clock.advance(1);
    expect(await wait.state()).toBe('done');
  });
});

describe('an authority that does not follow the log', () => {
  it('acknowledges nothing before it has read the registry', async () => {
    const world = new World();
    await expect(world.authority.barrier(world.log.head.pos, [])).rejects.toThrow('starting');
  });

  it('acknowledges nothing and grants nothing when the log goes on after it has stopped', async () => {
    const world = await started();
    const { node } = await world.leasedNode();
    await world.authority.stop();
    const pos = world.change(userChanged('u'), userRecord('u', { blocked: true }));
    await expect(world.authority.barrier(pos, ['user-u'])).rejects.toThrow('does not follow');
    await world.clock.advance(LEASE_MS);
    expect(node.leased()).toBe(false);
  });
});

describe('an authority that stops', () => {
  it('lets a barrier that a change waits for end', async () => {
    const world = await started();
    const { wire } = await world.leasedNode();
    wire.cut();
    const barrier = watch(world.authority.barrier(world.log.head.pos, []));
    const stopped = watch(world.authority.stop());
    expect(await stopped.state()).toBe('pending');
    await world.clock.advance(LEASE_MS);
    expect(await barrier.state()).toBe('done');
    expect(await stopped.state()).toBe('done');
  });

  it('runs nothing by itself any more', async () => {
    const world = await started();
    const { wire } = await world.leasedNode();
    wire.cut();
    await world.clock.advance(LEASE_MS + 10);
    await world.authority.stop();
    const head = world.store.head;
    await world.clock.advance(10 * LEASE_MS);
    expect(world.store.head).toBe(head);
  });
});
