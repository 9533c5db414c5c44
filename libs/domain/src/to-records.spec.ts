import { describe, expect, it } from 'vitest';
import type { DomainEvent } from './events.js';
import { World } from './testing/decider-specification.js';
import { ENV, facts } from './testing/fixtures.js';
import {
  nameOf, pointersOf, redactEnvironment, redactUser, toBackendKeyRecord, toEnvironmentRecord, toKeyRecord, toOrganizationRecord, toUserRecord,
} from './to-records.js';

const backendKey: DomainEvent = {
  type: 'backend-key.issued.v1', tags: ['backendkey-b1', 'token-b1'],
  data: { backendKeyId: 'b1', environmentId: ENV, name: 'CI', kind: 'custom', permissions: ['x'], tokenTag: 'token-b1', pepperId: 'p1' },
};
const world = new World([
  facts.environment(), facts.user('ada'), facts.password('ada'), facts.user('bob'), facts.organization('o1'), facts.organization('o2'),
  facts.joined('ada', 'o1'), facts.joined('ada', 'o2'), facts.left('ada', 'o2'),
  facts.orgKey('k', 'o1', { userId: 'ada', creatorId: 'bob', memberEpoch: 0, creatorEpoch: 0 }), facts.revoked('k'), facts.key('g'),
  facts.memberKey('same', 'o1', 'ada'), facts.personalKey('p', 'ada', { creatorId: 'bob' }), backendKey,
]);
const there = <State>(state: State | null): State => {
  if (state === null) throw new Error('The state must be there.');
  return state;
};
const key = (id: string) => toKeyRecord(there(world.key(id)));
const user = there(world.user('ada'));
const environment = there(world.environment(ENV));
const records = [key('k'), toUserRecord(user), toOrganizationRecord(there(world.organization('o1'))), toEnvironmentRecord(environment), toBackendKeyRecord(there(world.backendKey('b1')))];

describe('records', () => {
  it('carry no hash, no sealed secret and no claim', () => {
    expect(JSON.stringify(records)).not.toMatch(/sealed|token-|email-|slug-|pepper/i);
  });
  it('say that there is a password and that a key is revoked', () => {
    expect(toUserRecord(user).hasPassword).toBe(true);
    expect(toUserRecord({ ...user, sealedPasswordHash: null }).hasPassword).toBe(false);
    expect([key('k').revoked, key('g').revoked]).toEqual([true, false]);
  });
  it('survive JSON unchanged', () => expect(JSON.parse(JSON.stringify(records))).toEqual(records));
  it('have the tags of their entities as names', () =>
    expect(records.map(nameOf)).toEqual(['key-k', 'user-ada', 'org-o1', 'env-e1', 'backendkey-b1']));
  it('point at what their own state names: a user at active memberships only', () =>
    expect(records.map(pointersOf)).toEqual([['user-ada', 'org-o1', 'user-bob', 'env-e1'], ['org-o1'], [], [], ['env-e1']]));
  it('point at each name once, and at a creator for organization keys only', () => {
    expect(pointersOf(key('same'))).toEqual(['user-ada', 'org-o1', 'env-e1']);
    expect(pointersOf(key('p'))).toEqual(['user-ada', 'env-e1']);
    expect(pointersOf(key('g'))).toEqual(['env-e1']);
  });
});

describe('copies for read models', () => {
  it('hold no secret', () => {
    expect(redactUser(user)).toEqual({ ...user, sealedPasswordHash: 'set' });
    expect(redactUser({ ...user, sealedPasswordHash: null }).sealedPasswordHash).toBeNull();
    expect(redactEnvironment(environment)).toEqual({ ...environment, sealedPrivateKey: '' });
  });
});
