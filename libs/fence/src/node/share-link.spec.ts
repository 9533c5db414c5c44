import { describe, expect, it } from 'vitest';
import type { LinkedRecord } from './cached-record.js';
import { RecordMap } from './record-map.js';
import { backendKeyRecord, digestOf, envRecord, keyRecord, membership, orgRecord, personalKey, userRecord } from '@test/support/fence/records.js';

const ANSWER = { latin1: 'x', byteLength: '1' };
const ofOrg = (keyId: string, orgId: string, changes: Parameters<typeof keyRecord>[1] = {}) => keyRecord(keyId, { orgId, ...changes });
const KEYS = [
  personalKey('p1', 'u'),
  personalKey('p2', 'u'),
  personalKey('other', 'v'),
  keyRecord('g1'),
  keyRecord('g2'),
  ofOrg('o1', 'o', { userId: 'u', memberEpoch: 0 }),
  ofOrg('o2', 'o', { userId: 'u', memberEpoch: 0 }),
  ofOrg('t1', 't', { userId: 'u', memberEpoch: 0 }),
  ofOrg('c1', 'o', { creatorId: 'v', creatorEpoch: 0 }),
  ofOrg('c2', 'o', { creatorId: 'v', creatorEpoch: 0 }),
  ofOrg('c3', 'o', { creatorId: 'w', creatorEpoch: 0 }),
];

class Memory {
  readonly map = new RecordMap(100, 100, (why) => {
    throw new Error(why);
  });

  constructor() {
    this.map.put({ name: 'env-env1', state: envRecord(), asOf: 3 });
    for (const id of ['u', 'v', 'w']) this.putUser(id, 3);
    for (const id of ['o', 't']) this.putOrg(id, 3);
    for (const state of KEYS) this.map.put({ name: `key-${state.keyId}`, state, asOf: 3, digest: digestOf(state.keyId) });
    this.map.put({ name: 'backendkey-b', state: backendKeyRecord('b'), asOf: 3, digest: digestOf('b') });
  }

  putUser(id: string, asOf: number): void {
    this.map.put({ name: `user-${id}`, state: userRecord(id, id === 'u' ? { lastActiveAtMs: asOf, memberships: { o: membership() } } : {}), asOf });
  }

  putOrg(id: string, asOf: number): void {
    this.map.put({ name: `org-${id}`, state: orgRecord(id, { createdAtMs: asOf }), asOf });
  }

  change(pos: number, name: string): void {
    this.map.apply({ pos, names: [name] });
  }

  linkedOrNull(keyId: string): LinkedRecord | null {
    const record = this.map.byDigest(digestOf(keyId));
    return record === undefined ? null : this.map.link(record);
  }

  linked(keyId: string): LinkedRecord {
    const linked = this.linkedOrNull(keyId);
    if (linked === null) throw new Error(`${keyId} cannot be linked.`);
    return linked;
  }
}

describe('keys of the same principals', () => {
  it.each([
    ['personal', 'p1', 'p2'],
    ['of a member', 'o1', 'o2'],
    ['of a creator', 'c1', 'c2'],
    ['generic', 'g1', 'g2'],
  ])('share one link: %s', (_kind, one, another) => {
    const memory = new Memory();
    expect(memory.linked(one).link).toBe(memory.linked(another).link);
  });

  it('share it whatever other keys of the principals are used in between', () => {
    const memory = new Memory();
    const first = KEYS.map(({ keyId }) => memory.linked(keyId).link);
    expect(new Set(first).size).toBe(7);
    const again = new Memory();
    for (const keyId of ['p1', 'o1', 't1', 'p2', 'o2']) again.linked(keyId);
    expect(again.linked('p1').link).toBe(again.linked('p2').link);
    expect(again.linked('o1').link).toBe(again.linked('o2').link);
  });

  it('each have their own record in the verdict', () => {
    const memory = new Memory();
    for (const { keyId, userId, orgId, creatorId } of KEYS) {
      expect(memory.linked(keyId).verdict).toMatchObject({
        kind: 'key',
        records: {
          key: { keyId, userId, orgId, creatorId, environmentId: 'env1' },
          user: userId && { userId },
          org: orgId && { orgId },
          creator: creatorId && { userId: creatorId },
          memberOrgs: userId === 'u' ? [{ orgId: 'o' }] : [],
        },
      });
    }
    expect(memory.linked('b').verdict).toEqual({ kind: 'backendkey', records: { backendKey: backendKeyRecord('b'), environment: envRecord() } });
  });

  it('say of which positions their own verdict is made, not that of another key', () => {
    const memory = new Memory();
    memory.linked('p1');
    memory.map.put({ name: 'key-late', state: personalKey('late', 'u'), asOf: 9, digest: digestOf('late') });
    expect(memory.linked('late').link).toBe(memory.linked('p1').link);
    expect([memory.linked('p1').mixedUpTo, memory.linked('late').mixedUpTo]).toEqual([0, 9]);
  });
});

// The answer's bytes are on the link: it must end with ANY record that they were made from.
describe('a shared link', () => {
  const replace: Record<string, (memory: Memory) => void> = {
    'env-env1': ({ map }) => map.put({ name: 'env-env1', state: envRecord({ name: 'new' }), asOf: 9 }),
    'user-u': (memory) => memory.putUser('u', 9),
    'org-o': (memory) => memory.putOrg('o', 9),
  };

  it.each(Object.keys(replace))('is gone for all of its keys, and for new ones, once %s changed', (name) => {
    const memory = new Memory();
    const { link } = memory.linked('p1');
    link.answer = ANSWER;
    memory.change(9, name);
    for (const keyId of ['p1', 'p2']) expect(memory.linkedOrNull(keyId)).toBeNull();
    replace[name]?.(memory);
    for (const keyId of ['p2', 'p1']) {
      expect(memory.linked(keyId).link).not.toBe(link);
      expect(memory.linked(keyId).link.answer).toBeNull();
    }
    expect(memory.linked('p1').link).toBe(memory.linked('p2').link);
  });

  it('ends when a record of it is evicted, although the one that is read again is equal', () => {
    const memory = new Memory();
    const { link } = memory.linked('p1');
    link.answer = ANSWER;
    for (let count = 0; count < 200; count += 1) {
      for (const keyId of ['p1', 'p2']) memory.map.byName(`key-${keyId}`);
      for (const name of ['env-env1', 'user-u']) memory.map.byName(name);
      memory.putUser(`other${count}`, 3);
    }
    expect(memory.linkedOrNull('p1')).toBeNull();
    memory.putOrg('o', 3);
    expect(memory.linked('p2').link).not.toBe(link);
    expect(memory.linked('p1').link.answer).toBeNull();
  });

  it('outlives one of its keys: their answers are not made of it', () => {
    const memory = new Memory();
    const { link } = memory.linked('p1');
    memory.linked('p2');
    memory.change(9, 'key-p1');
    expect(memory.linkedOrNull('p1')).toBeNull();
    expect(memory.linked('p2').link).toBe(link);
  });

  it('is let go by its principal once it cannot be used, and a principal holds a bounded number', () => {
    const memory = new Memory();
    const held = (): number => {
      let count = 0;
      for (let link = memory.map.byName('user-u')?.links ?? null; link !== null; link = link.older) count += 1;
      return count;
    };
    for (let pos = 10; pos < 20; pos += 1) {
      memory.linked('p1');
      memory.linked('o1');
      memory.change(pos, 'org-o');
      memory.putOrg('o', pos);
    }
    memory.linked('p1');
    expect(held()).toBe(1);
    for (let count = 0; count < 60; count += 1) {
      memory.putOrg(`many${count}`, 30);
      memory.map.put({ name: `key-m${count}`, state: ofOrg(`m${count}`, `many${count}`, { userId: 'u' }), asOf: 30, digest: digestOf(`m${count}`) });
      expect(memory.linked(`m${count}`).verdict).toMatchObject({ records: { org: { orgId: `many${count}` } } });
    }
    expect(held()).toBe(32);
  });
});
