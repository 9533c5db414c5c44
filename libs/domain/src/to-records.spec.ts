import { describe, expect, it } from 'vitest';
import type { DomainEvent } from './events.js';
import { World } from '@test/support/domain/decider-specification.js';
import { ENV, facts } from '@test/support/domain/fixtures.js';
import {
  nameOf,
  pointersOf,
  redactEnvironment,
  redactUser,
  toBackendKeyRecord,
  toEnvironmentRecord,
  toHostRecord,
  toKeyRecord,
  toOrganizationRecord,
  toSessionRecord,
  toUserRecord,
} from './to-records.js';

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

describe('the record of a session', () => {
  const after = (...events: readonly DomainEvent[]) =>
    toSessionRecord(there(new World([facts.user('ada'), facts.session('s', 'ada', { sessionEpoch: 3 }), ...events]).session('s')));

  it('says whose it is, since which epoch, and whether it was ended', () => {
    expect(after()).toEqual({ kind: 'session', sessionId: 's', environmentId: ENV, userId: 'ada', sessionEpoch: 3, ended: false });
    expect(after(facts.sessionEnded('s', 'ada', 'token-reused')).ended).toBe(true);
  });
  it('does not change with a refresh, which is no change of the fence', () =>
    expect(
      after({
        type: 'session.refreshed.v1',
        tags: ['session-s', 'user-ada'],
        data: { sessionId: 's', userId: 'ada', tokenHash: 't', graceEndsAtMs: 1, expiresAtMs: 2 },
      }),
    ).toEqual(after()));
});

describe('the record of a host', () => {
  it('names the environment that has it', () =>
    expect(toHostRecord('a.test', { holder: 'e9' })).toEqual({ kind: 'host', host: 'a.test', environmentId: 'e9' }));
  it('of nobody is kept for loopback hosts alone, which are few', () => {
    expect(['localhost', '127.0.0.1', '[::1]'].map((host) => toHostRecord(host, { holder: null })?.environmentId)).toEqual([null, null, null]);
    expect(['a.test', 'localhost.a.test', 'LOCALHOST', ''].map((host) => toHostRecord(host, { holder: null }))).toEqual([null, null, null, null]);
  });
});

describe('the record of an environment', () => {
  it('has all public keys and shows the one that signs now', () => {
    expect(toEnvironmentRecord(environment)).toMatchObject({
      publicKeyPem: 'pem',
      signingKeys: [
        { keyId: ENV, publicKeyPem: 'pem' },
        { keyId: 'k2', publicKeyPem: 'pem of k2' },
      ],
    });
    const rotated = there(new World([facts.environment(), facts.signingKey('k2'), facts.signingKeyActive('k2')]).environment(ENV));
    expect(toEnvironmentRecord(rotated).publicKeyPem).toBe('pem of k2');
  });
  it('has no key that was revoked, so nobody checks a token with it', () => {
    const revoked = there(
      new World([facts.environment(), facts.signingKey('k2'), facts.signingKeyActive('k2'), facts.signingKeyRevoked(ENV)]).environment(ENV),
    );
    expect(toEnvironmentRecord(revoked).signingKeys.map(({ keyId }) => keyId)).toEqual(['k2']);
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
