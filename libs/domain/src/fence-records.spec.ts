import { describe, expect, it } from 'vitest';
import { World } from '@test/support/domain/decider-specification.js';
import { ENV, facts } from '@test/support/domain/fixtures.js';
import { toKeyRecord } from './api-key/record.js';
import { toBackendKeyRecord } from './backend-key/record.js';
import { redactEnvironment, toEnvironmentRecord, toHostRecord } from './environment/record.js';
import { nameOf, pointersOf } from './fence-records.js';
import type { DomainEvent } from './log-events.js';
import { toOrganizationRecord } from './organization/record.js';
import { toSessionRecord } from './session/record.js';
import { redactUser, toUserRecord } from './user/record.js';

const backendKey: DomainEvent = {
  type: 'backend-key.issued.v1',
  tags: ['backendkey-b1', 'token-b1'],
  data: { backendKeyId: 'b1', environmentId: ENV, name: 'CI', kind: 'custom', permissions: ['x'], tokenTag: 'token-b1', pepperId: 'p1' },
};
const world = new World([
  facts.environment(),
  facts.user('ada'),
  facts.password('ada'),
  facts.user('bob'),
  facts.organization('o1'),
  facts.organization('o2'),
  facts.joined('ada', 'o1'),
  facts.joined('ada', 'o2'),
  facts.left('ada', 'o2'),
  facts.orgKey('k', 'o1', { userId: 'ada', creatorId: 'bob', memberEpoch: 0, creatorEpoch: 0 }),
  facts.revoked('k'),
  facts.key('g'),
  facts.memberKey('same', 'o1', 'ada'),
  facts.personalKey('p', 'ada', { creatorId: 'bob' }),
  backendKey,
  facts.signingKey('k2'),
  facts.session('s', 'ada', { sessionEpoch: 1 }),
]);
const there = <State>(state: State | null): State => {
  if (state === null) throw new Error('The state must be there.');
  return state;
};
const key = (id: string) => toKeyRecord(there(world.key(id)));
const user = there(world.user('ada'));
const environment = there(world.environment(ENV));
const records = [
  key('k'),
  toUserRecord(user),
  toOrganizationRecord(there(world.organization('o1'))),
  toEnvironmentRecord(environment),
  toBackendKeyRecord(there(world.backendKey('b1'))),
  toSessionRecord(there(world.session('s'))),
  there(toHostRecord('auth.example.com', world.claim('auth-host-auth.example.com'))),
];

describe('records', () => {
  it('carry no hash, no sealed secret and no claim', () => {
    expect(JSON.stringify(records)).not.toMatch(/sealed|hash|token-|family|s-0|email-|slug-|pepper/i);
  });
  it('say that there is a password and that a key is revoked', () => {
    expect(toUserRecord(user).hasPassword).toBe(true);
    expect(toUserRecord({ ...user, sealedPasswordHash: null }).hasPassword).toBe(false);
    expect([key('k').revoked, key('g').revoked]).toEqual([true, false]);
  });
  it('survive JSON unchanged', () => expect(JSON.parse(JSON.stringify(records))).toEqual(records));
  it('have the tags of their entities as names', () =>
    expect(records.map(nameOf)).toEqual(['key-k', 'user-ada', 'org-o1', 'env-e1', 'backendkey-b1', 'session-s', 'auth-host-auth.example.com']));
  it('point at what their own state names: a user at active memberships only', () =>
    expect(records.map(pointersOf)).toEqual([['user-ada', 'org-o1', 'user-bob', 'env-e1'], ['org-o1'], [], [], ['env-e1'], [], []]));
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
    expect(redactEnvironment(environment)).toEqual({
      ...environment,
      signingKeys: environment.signingKeys.map((one) => ({ ...one, sealedPrivateKey: '' })),
    });
    expect(JSON.stringify(redactEnvironment(environment))).not.toMatch(/sealed k2|"sealed"/);
  });
});
