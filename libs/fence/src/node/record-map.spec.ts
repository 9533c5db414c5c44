import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CachedRecord, isLinked } from './cached-record.js';
import { LastChanges } from './last-changes.js';
import { RecordMap } from './record-map.js';
import { digestOf, envRecord, personalKey, userRecord } from '@test/support/fence/records.js';

const user = (asOf: number, name = 'u') => ({ name: `user-${name}`, state: userRecord(name, { lastActiveAtMs: asOf }), asOf });
const key = (asOf: number, id = 'k', userId = 'u') => ({ name: `key-${id}`, state: personalKey(id, userId), asOf, digest: digestOf(id) });
const env = (asOf: number) => ({ name: 'env-env1', state: envRecord(), asOf });
const changed = (pos: number, ...names: string[]) => ({ pos, names });

const mapOf = (cacheKeys: number, lastChangeNames: number): RecordMap =>
  new RecordMap(cacheKeys, lastChangeNames, (why) => {
    throw new Error(why);
  });

describe('put', () => {
  it('refuses a record read before the last change of its name, and takes one read at it', () => {
    const map = mapOf(10, 10);
    map.apply(changed(7, 'user-u'));
    map.put(user(6));
    expect(map.byName('user-u')).toBeUndefined();
    expect(map.putRefused.olderThanChange).toBe(1);
    map.put(user(7));
    expect(map.byName('user-u')?.asOf).toBe(7);
  });

  it('refuses a record read below the floor, whatever its name', () => {
    const map = mapOf(10, 10);
    map.startAgainFrom(5);
    map.put(user(4));
    expect(map.byName('user-u')).toBeUndefined();
    expect(map.putRefused.belowFloor).toBe(1);
  });

  it('leaves a live record where it is, because keys point at it', () => {
    const map = mapOf(10, 10);
    map.put(user(3));
    map.put(user(9));
    expect(map.byName('user-u')?.asOf).toBe(3);
  });

  it('finds a key by digest that was first read by name', () => {
    const map = mapOf(10, 10);
    map.put({ name: 'key-k', state: personalKey('k', 'u'), asOf: 3 });
    map.put(key(9));
    expect(map.byDigest(digestOf('k'))?.asOf).toBe(3);
  });
});

describe('what leaves the map', () => {
  it('is dead in the same step when it changed, and is not found by digest any more', () => {
    const map = mapOf(10, 10);
    map.put(key(3));
    const record = map.byDigest(digestOf('k'));
    map.apply(changed(4, 'key-k'));
    expect(record?.dead).toBe(true);
    expect(map.byDigest(digestOf('k'))).toBeUndefined();
  });

  it('is dead when it was evicted, so that no key answers from a user that is not watched (CACHE_KEYS 3)', () => {
    const map = mapOf(3, 10);
    for (const record of [env(3), user(3), key(3)]) map.put(record);
    const record = map.byDigest(digestOf('k'));
    if (record === undefined) throw new Error('The key is not there.');
    expect(map.link(record)).not.toBeNull();
    map.byName('key-k');
    map.put(user(3, 'other'));
    map.put(user(3, 'another'));
    map.apply(changed(4, 'user-u'));
    expect(record.dead).toBe(false);
    expect(map.link(record)).toBeNull();
  });

  it('is dead when everything is cleared', () => {
    const map = mapOf(10, 10);
    map.put(user(3));
    const record = map.byName('user-u');
    map.clear();
    expect(record?.dead).toBe(true);
  });

  it('stays when the change is not newer than what was read', () => {
    const map = mapOf(10, 10);
    map.put(user(4));
    map.apply(changed(4, 'user-u'));
    expect(map.byName('user-u')?.dead).toBe(false);
  });
});

describe('a reset', () => {
  it('never forgets what pushes have told: an older fill under way is still refused', () => {
    const map = mapOf(10, 10);
    map.apply(changed(9, 'user-u'));
    map.startAgainFrom(5);
    map.put(user(8));
    expect(map.byName('user-u')).toBeUndefined();
  });
});

describe('the last changes', () => {
  it('raise the floor over what they forget', () => {
    const changes = new LastChanges(4);
    for (let pos = 1; pos <= 5; pos += 1) changes.note(`n${pos}`, pos);
    expect(changes.size).toBeLessThanOrEqual(4);
    for (let pos = 1; pos <= 5; pos += 1) expect(changes.of(`n${pos}`) === pos || changes.floor >= pos).toBe(true);
  });

  it('forget even names that all changed in one commit', () => {
    const changes = new LastChanges(2);
    for (const name of ['a', 'b', 'c']) changes.note(name, 8);
    expect(changes.size).toBeLessThanOrEqual(2);
    expect(changes.floor).toBe(8);
  });
});

describe('a link', () => {
  const linkedMap = (): { map: RecordMap; record: CachedRecord } => {
    const map = mapOf(10, 10);
    for (const one of [env(3), user(3), key(3)]) map.put(one);
    const record = map.byDigest(digestOf('k'));
    if (record === undefined) throw new Error('The key is not there.');
    return { map, record };
  };

  it('is kept while nothing changes, with the answer’s bytes', () => {
    const { map, record } = linkedMap();
    const { link, verdict } = map.link(record) ?? {};
    record.answer = { latin1: 'x', byteLength: '1' };
    expect(map.link(record)?.link).toBe(link);
    expect(map.link(record)?.verdict).toEqual(verdict);
    expect(record.answer).not.toBeNull();
  });

  it('is made anew, without the old bytes, when a record of the verdict was replaced', () => {
    const { map, record } = linkedMap();
    map.link(record);
    record.answer = { latin1: 'x', byteLength: '1' };
    map.apply(changed(4, 'user-u'));
    expect(map.link(record)).toBeNull();
    map.put(user(4));
    const linked = map.link(record);
    expect(linked?.verdict.kind === 'key' && linked.verdict.records.user?.lastActiveAtMs).toBe(4);
    expect(linked?.answer).toBeNull();
    expect(linked?.mixedUpTo).toBe(4);
  });
});

// Protects I3. The log changes, fills are read and arrive late, pushes come in any order or never, feeds are paged, the node is
// reset and joins again; names are forgotten after four, records after three.
describe('whatever the order of changes, fills, pushes, resets and joins', () => {
  const NAMES = ['user-a', 'user-b', 'user-c', 'user-d', 'user-e', 'user-f'];
  const step = fc.oneof(
    fc.record({ kind: fc.constant('change' as const), name: fc.constantFrom(...NAMES) }),
    fc.record({ kind: fc.constant('read' as const), name: fc.constantFrom(...NAMES), behind: fc.nat(6) }),
    fc.record({ kind: fc.constant('arrive' as const), which: fc.nat(8) }),
    fc.record({ kind: fc.constant('push' as const), back: fc.nat(6) }),
    fc.record({ kind: fc.constant('renew' as const), limit: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('reset' as const), ahead: fc.nat(4) }),
    fc.record({ kind: fc.constant('join' as const), back: fc.nat(8) }),
  );

  it('no live record misses a change up to the applied position, nor one this node was told', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 150 }), fc.constantFrom(3, 100), (steps, cacheKeys) => {
        const map = mapOf(cacheKeys, 4);
        const log: string[] = [];
        const told = new Map<string, number>();
        const underWay: ReturnType<typeof user>[] = [];
        let applied = 0;
        const tell = (pos: number): void => {
          const name = log[pos - 1];
          if (name === undefined) return;
          map.apply({ pos, names: [name] });
          told.set(name, Math.max(told.get(name) ?? 0, pos));
        };
        const catchUp = (upto: number): void => {
          for (let pos = applied + 1; pos <= upto; pos += 1) tell(pos);
          applied = Math.max(applied, upto);
        };
        for (const one of steps) {
          switch (one.kind) {
            case 'change':
              log.push(one.name);
              break;
            case 'read':
              underWay.push(user(Math.max(0, log.length - one.behind), one.name.slice(5)));
              break;
            case 'arrive':
              for (const record of underWay.splice(one.which % (underWay.length + 1), 1)) map.put(record);
              break;
            case 'push':
              tell(log.length - one.back);
              break;
            case 'renew':
              catchUp(Math.min(log.length, applied + one.limit));
              break;
            case 'reset': {
              const floor = Math.min(log.length, applied + 1 + one.ahead);
              if (floor <= applied) break;
              map.startAgainFrom(floor);
              applied = floor;
              break;
            }
            case 'join':
              applied = Math.max(0, log.length - one.back);
              map.startAgainFrom(applied);
              break;
          }
          for (const name of NAMES) {
            const record = map.byName(name);
            if (record === undefined) continue;
            const missed = log.findIndex((changedName, index) => changedName === name && index + 1 > record.asOf && index + 1 <= applied);
            expect(missed, `${name} as of ${record.asOf} misses a change, applied ${applied}`).toBe(-1);
            expect(told.get(name) ?? 0).toBeLessThanOrEqual(record.asOf);
            expect(record.dead || isLinked(record)).toBe(false);
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
