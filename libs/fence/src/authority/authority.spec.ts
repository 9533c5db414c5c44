import { decideFence, decideJoin, decideLeave } from '@app/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RenewAnswer, RenewGranted } from '../protocol/messages.js';
import { FakeLog, ZERO_HASH } from '@test/support/fence/fake-log.js';
import { backendKeyRecord, digestOf, membership, orgRecord, personalKey, userRecord } from '@test/support/fence/records.js';
import { settled } from '@test/support/clock/manual-clock.js';
import { userChanged, World } from '@test/support/fence/world.js';

const granted = (answer: RenewAnswer): RenewGranted => {
  if (answer.kind !== 'granted') throw new Error(`The renewal was ${answer.kind}.`);
  return answer;
};
const at = (world: World, applied: number) => ({ incarnation: 'a', nonce: 'n', applied, hash: world.store.hashAt(applied) ?? ZERO_HASH });
const wanted = (digests: readonly string[], names: readonly string[] = []) => ({ incarnation: 'a', nonce: 'n', digests, names });

describe('a renewal', () => {
  let world: World;
  beforeEach(async () => {
    world = new World();
    await world.authority.start();
    await world.authority.join({ incarnation: 'a', nonce: 'n' });
  });

  it('gives every change since the applied position and the head with its hash', async () => {
    const before = world.log.head.pos;
    const pos = world.change(userChanged('u'));
    const answer = granted(await world.authority.renew(at(world, before)));
    expect(answer).toMatchObject({ nonce: 'n', head: pos, headHash: `h${pos}`, changes: [{ pos, names: ['user-u'] }] });
    expect(answer.now).toBe(world.clock.wall());
  });

  it('tells a time that is not behind the log, by which commands decide expiry', async () => {
    world.store.headAt = world.clock.wall() + 3_600_000;
    expect(granted(await world.authority.renew(at(world, world.log.head.pos))).now).toBe(world.store.headAt);
    expect((await world.authority.strongRead({ incarnation: 'a', nonce: 'n', digests: [], names: [] })).now).toBe(world.store.headAt);
  });

  it('knows what was appended by others before it was asked: its probe is its own', async () => {
    world.log.behind = true;
    const pos = world.change(userChanged('u'));
    expect(granted(await world.authority.renew(at(world, 1))).changes).toContainEqual({ pos, names: ['user-u'] });
    expect(world.log.probes).toBe(1);
  });

  it('is refused to a node whose fence this replica had not applied yet when it was asked', async () => {
    world.log.behind = true;
    world.store.append(decideFence(['a'], world.store.registryAt(world.store.head)));
    expect((await world.authority.renew(at(world, 1))).kind).toBe('refused');
  });

  it('is refused to a node that was fenced, or has left, while the question was being answered', async () => {
    let release: () => void = () => {};
    world.log.probeGate = new Promise((resolve) => (release = resolve));
    const answer = world.authority.renew(at(world, 1));
    world.store.append(decideLeave('a'));
    world.log.follow();
    release();
    expect((await answer).kind).toBe('refused');
  });

  it('is refused to a node that never joined', async () => {
    expect((await world.authority.renew({ ...at(world, 1), incarnation: 'stranger' })).kind).toBe('refused');
  });

  it('finds that the node has seen another history', async () => {
    expect((await world.authority.renew({ ...at(world, 1), hash: 'other' })).kind).toBe('another-history');
    expect((await world.authority.renew({ ...at(world, 1), applied: 99 })).kind).toBe('another-history');
  });

  it('pages what is too much for one answer, and gives no head beyond what it sent', async () => {
    world = new World({ limits: { changesPerRenewal: 2 } });
    await world.authority.start();
    await world.authority.join({ incarnation: 'a', nonce: 'n' });
    const from = world.log.head.pos;
    for (let count = 0; count < 3; count += 1) world.change(userChanged('u'));
    const first = granted(await world.authority.renew(at(world, from)));
    expect(first).toMatchObject({ more: true, head: from + 2, headHash: `h${from + 2}` });
    expect(first.changes).toHaveLength(2);
    const second = granted(await world.authority.renew(at(world, first.head)));
    expect(second.more).toBeUndefined();
    expect(second.head).toBe(from + 3);
  });

  it('resets a node that is older than the feed', async () => {
    world = new World({ limits: { changesInMemory: 2 } });
    await world.authority.start();
    await world.authority.join({ incarnation: 'a', nonce: 'n' });
    const from = world.log.head.pos;
    for (let count = 0; count < 4; count += 1) world.change(userChanged('u'));
    const answer = granted(await world.authority.renew(at(world, from)));
    expect(answer.reset).toEqual({ floor: from + 2 });
    expect(answer.changes.map((change) => change.pos)).toEqual([from + 3, from + 4]);
  });
});

describe('a join', () => {
  it('is in the log before the node is told anything, and once, however often it is asked', async () => {
    const world = new World();
    await world.authority.start();
    const first = await world.authority.join({ incarnation: 'a', nonce: 'n' });
    await world.authority.join({ incarnation: 'a', nonce: 'm' });
    const logHash = world.store.hashAt(1);
    expect(first).toEqual({ nonce: 'n', leaseMs: 5_000, feedFloor: 0, hash: ZERO_HASH, logHash });
    expect(world.store.commits.flatMap((commit) => commit.events).filter((event) => event.type === 'registry.node-joined.v1')).toHaveLength(1);
  });
});

describe('a replica that starts', () => {
  it('knows the nodes that joined before, and those that joined while it read', async () => {
    const world = new World();
    world.store.append(decideJoin('a'));
    world.log.follow();
    const starting = world.authority.start();
    world.store.append(decideJoin('b'));
    world.log.follow();
    await starting;
    expect(world.authority.countedNodes).toEqual(['a', 'b']);
    expect(world.authority.changesFeed.floor).toBe(0);
  });

  it('answers nothing before it has read the feed back', async () => {
    const world = new World();
    await expect(world.authority.join({ incarnation: 'a', nonce: 'n' })).rejects.toThrow('starting');
  });

  it('refuses a lease that is not the log’s', async () => {
    await expect(new World({ leaseMs: 6_000 }).authority.start()).rejects.toThrow('5000');
  });

  it('takes every earlier node out of the registry when it holds the lock', async () => {
    const world = new World();
    world.store.append(decideJoin('a'));
    world.store.append(decideJoin('b'));
    world.log.follow();
    await world.authority.start();
    await world.authority.decommissionEarlierNodes();
    expect(world.authority.countedNodes).toEqual([]);
  });
});

describe('a fill', () => {
  const member = userRecord('u', { memberships: { o: membership(), gone: membership({ active: false }) } });

  it('holds all records of the verdict, and which digest is whose', async () => {
    const world = new World({}, [member, orgRecord('o'), personalKey('k', 'u'), backendKeyRecord('b')]);
    await world.authority.start();
    const answer = await world.authority.fill(wanted([digestOf('k'), digestOf('b'), digestOf('none')]));
    expect(answer.resolved).toEqual([
      { digest: digestOf('k'), name: 'key-k' },
      { digest: digestOf('b'), name: 'backendkey-b' },
      { digest: digestOf('none'), name: null },
    ]);
    expect(answer.records.map((record) => record.name).sort()).toEqual(['backendkey-b', 'env-env1', 'key-k', 'org-o', 'user-u']);
    expect(answer.records.find((record) => record.name === 'key-k')?.digest).toBe(digestOf('k'));
  });

  it('gives a record by name alone', async () => {
    const world = new World();
    await world.authority.start();
    const answer = await world.authority.fill(wanted([], ['env-env1', 'user-none']));
    expect(answer.records.map((record) => record.name)).toEqual(['env-env1']);
  });

  it('claims the position applied before its first read, not the one after', async () => {
    const world = new World({}, [userRecord('u'), personalKey('k', 'u')]);
    await world.authority.start();
    let release: () => void = () => {};
    world.log.readGate = new Promise((resolve) => (release = resolve));
    const answer = world.authority.fill(wanted([digestOf('k')]));
    await settled();
    world.create();
    release();
    expect(new Set((await answer).records.map((record) => record.asOf))).toEqual(new Set([1]));
  });

  it('reads again when something it read changed meanwhile: the pieces are of one moment', async () => {
    const world = new World({}, [userRecord('u'), personalKey('k', 'u')]);
    await world.authority.start();
    let release: () => void = () => {};
    world.log.readGate = new Promise((resolve) => (release = resolve));
    const answer = world.authority.fill(wanted([digestOf('k')]));
    await settled();
    const pos = world.change(userChanged('u'), userRecord('u', { blocked: true }));
    release();
    expect((await answer).records.every((record) => record.asOf === pos)).toBe(true);
  });

  it('may be behind, while a strong read probes first', async () => {
    const world = new World({}, [userRecord('u')]);
    await world.authority.start();
    world.log.behind = true;
    world.change(userChanged('u'), userRecord('u', { blocked: true }));
    const blockedIn = async (kind: 'fill' | 'strongRead') => (await world.authority[kind](wanted([], ['user-u']))).records[0]?.state;
    expect(await blockedIn('fill')).toMatchObject({ blocked: false });
    expect(await blockedIn('strongRead')).toMatchObject({ blocked: true });
  });

  it('leaves out a digest whose verdict it cannot complete, instead of reading "not found" as "does not exist"', async () => {
    const world = new World({}, [personalKey('k', 'lost')]);
    await world.authority.start();
    expect((await world.authority.fill(wanted([digestOf('k')]))).resolved).toEqual([]);
  });
});

describe('two replicas', () => {
  it('find nothing to write for a node that the other has fenced', async () => {
    const world = new World();
    await world.authority.start();
    await world.authority.join({ incarnation: 'a', nonce: 'n' });
    const other = new FakeLog(world.store);
    await other.append('fence-by-other', (registry) => decideFence(['a'], registry));
    const head = world.store.head;
    await world.log.append('fence-again', (registry) => decideFence(['a'], registry));
    expect(world.store.head).toBe(head);
  });
});
