import { describe, expect, it } from 'vitest';
import type { DomainEvent } from './events.js';
import {
  evolveApiKey,
  evolveBackendKey,
  evolveClaim,
  evolveEnvironment,
  evolveOrganization,
  evolveSession,
  evolveUser,
  foldOf,
  freeClaim,
  prefixOf,
} from './folds.js';
import { keyEndsAtMs } from './key-end.js';
import { atPos, World } from '@test/support/domain/decider-specification.js';
import { defaultSettings, hostOfOrigin } from './environment-settings.js';
import { ENV, facts, OTHER_ENV, userProfile } from '@test/support/domain/fixtures.js';

const placed = { pos: 99, at: 9_900_000 };

describe('claims', () => {
  const holderOf = (tag: string, ...events: readonly DomainEvent[]) => new World(events).claim(tag).holder;
  const emailChanged = (emailTag: string, previousEmailTag: string): DomainEvent => ({
    type: 'user.email-changed.v1',
    tags: ['user-ada', emailTag, previousEmailTag],
    data: { userId: 'ada', email: 'x', emailTag, previousEmailTag, emailConfirmed: false },
  });
  const renamed = (username: string | null, usernameTag: string | null, previousUsernameTag: string | null): DomainEvent => ({
    type: 'user.profile-changed.v1',
    tags: ['user-ada', ...[usernameTag, previousUsernameTag].filter((tag) => tag !== null)],
    data: { userId: 'ada', changes: { username }, usernameTag, previousUsernameTag },
  });
  const ada = facts.user('ada', { usernameTag: 'username-ada', profile: { ...userProfile, username: 'ada' } });

  it('of an address are held by the user, and released by a change and by deletion', () => {
    expect(holderOf('email-ada', ada)).toBe('ada');
    expect(holderOf('email-ada', ada, emailChanged('email-new', 'email-ada'))).toBeNull();
    expect(holderOf('email-new', ada, emailChanged('email-new', 'email-ada'))).toBe('ada');
    expect(holderOf('email-new', ada, emailChanged('email-new', 'email-ada'), facts.userDeleted('ada', { emailTag: 'email-new' }))).toBeNull();
  });
  it('of an address survive a change of spelling', () => expect(holderOf('email-ada', ada, emailChanged('email-ada', 'email-ada'))).toBe('ada'));
  it('of a user name are held, changed, dropped and released with the user', () => {
    expect(holderOf('username-ada', ada)).toBe('ada');
    expect(holderOf('username-ada', ada, renamed('b', 'username-b', 'username-ada'))).toBeNull();
    expect(holderOf('username-b', ada, renamed('b', 'username-b', 'username-ada'))).toBe('ada');
    expect(holderOf('username-ada', ada, renamed('ADA', 'username-ada', 'username-ada'))).toBe('ada');
    expect(holderOf('username-ada', ada, renamed(null, null, 'username-ada'))).toBeNull();
    expect(holderOf('username-ada', ada, facts.userDeleted('ada', { usernameTag: 'username-ada' }))).toBeNull();
  });
  it('of a slug are released with the organization', () => {
    expect(holderOf('slug-o1', facts.organization('o1'))).toBe('o1');
    expect(holderOf('slug-o1', facts.organization('o1'), facts.organizationDeleted('o1'))).toBeNull();
  });
  it('of an environment’s name are held by it', () => expect(holderOf(`environment-name-${ENV}`, facts.environment())).toBe(ENV));
  it('of a host are held by the environment, change with its auth URL, and are free for others then', () => {
    const away = facts.authUrl('https://b.test', 'https://auth.example.com');
    const holders = (...events: readonly DomainEvent[]) => ['auth-host-auth.example.com', 'auth-host-b.test'].map((tag) => holderOf(tag, ...events));
    expect(holders(facts.environment())).toEqual([ENV, null]);
    expect(holders(facts.environment(), away)).toEqual([null, ENV]);
    expect(holders(facts.environment(), away, facts.environment({}, OTHER_ENV))).toEqual([OTHER_ENV, ENV]);
    expect(holders(facts.environment(), away, facts.authUrl('https://auth.example.com', 'https://b.test'))).toEqual([ENV, null]);
  });
  it('of a host survive a change of the port or of the scheme', () =>
    expect(holderOf('auth-host-auth.example.com', facts.environment(), facts.authUrl('http://auth.example.com:81', 'https://auth.example.com'))).toBe(ENV));
  it('of a host stay with the first of two environments, and are not released by the other one', () => {
    const both = [facts.environment(), facts.environment({}, OTHER_ENV)];
    expect(holderOf('auth-host-auth.example.com', ...both)).toBe(ENV);
    expect(holderOf('auth-host-auth.example.com', ...both, facts.authUrl('https://b.test', 'https://auth.example.com', OTHER_ENV))).toBe(ENV);
  });
  it('of a host are nobody’s in a log from before, until the auth URL is said again', () => {
    expect(holderOf('auth-host-auth.example.com', facts.environmentWithoutHost())).toBeNull();
    expect(holderOf('auth-host-auth.example.com', facts.environmentWithoutHost(), facts.authUrl('https://auth.example.com', 'https://auth.example.com'))).toBe(
      ENV,
    );
  });
  it('of a token are never released, whatever becomes of the key', () => {
    const issued: DomainEvent = {
      type: 'backend-key.issued.v1',
      tags: ['backendkey-b', 'token-b'],
      data: { backendKeyId: 'b', environmentId: ENV, name: 'n', kind: 'full-access', permissions: [], tokenTag: 'token-b', pepperId: 'p' },
    };
    expect(holderOf('token-k', facts.key('k'), facts.revoked('k'))).toBe('key-k');
    expect(holderOf('token-k', facts.importedKey('k'))).toBe('key-k');
    expect(holderOf('token-b', issued, { type: 'backend-key.revoked.v1', tags: ['backendkey-b'], data: { backendKeyId: 'b' } })).toBe('backendkey-b');
  });
  it('are neither taken over nor released by somebody else', () => {
    const held = { holder: 'ada' };
    expect(evolveClaim('email-ada', held, facts.user('bob', { emailTag: 'email-ada' }), placed)).toEqual(held);
    expect(evolveClaim('email-ada', held, facts.userDeleted('bob', { emailTag: 'email-ada' }), placed)).toEqual(held);
    expect(evolveClaim('email-ada', freeClaim, facts.user('bob'), placed)).toEqual(freeClaim);
  });
});

describe('foldOf', () => {
  it.each([
    ['user-1', 'user-'],
    ['username-1', 'username-'],
    ['org-1', 'org-'],
    ['env-1', 'env-'],
    ['environment-name-x', 'environment-name-'],
    ['key-1', 'key-'],
    ['backendkey-1', 'backendkey-'],
    ['email-1', 'email-'],
    ['slug-e-s', 'slug-'],
    ['token-1', 'token-'],
    ['session-1', 'session-'],
    ['auth-host-[::1]', 'auth-host-'],
    ['registry', 'registry'],
    ['command-1', null],
  ])('%s is of kind %s', (tag, prefix) => expect(prefixOf(tag)).toBe(prefix));

  it('refuses a tag of a kind that nobody folds', () => expect(() => foldOf('command-1')).toThrow('no fold'));

  it('folds any tag; events of the same commit that are about others change nothing', () => {
    const fold = foldOf('user-ada');
    expect(fold.evolve(fold.initial, facts.user('bob'), placed)).toBeNull();
    expect(fold.evolve(fold.initial, facts.user('ada'), placed)).toMatchObject({ userId: 'ada', createdAtMs: placed.at });
    expect(foldOf('token-k').evolve(freeClaim, facts.key('k'), placed)).toEqual({ holder: 'key-k' });
    expect(foldOf('registry').initial).toEqual({ leaseMs: null, nodes: {} });
  });
});

describe('every fold', () => {
  const world = new World([
    facts.environment(),
    facts.user('ada'),
    facts.organization('o1'),
    facts.joined('ada', 'o1', 'Owner'),
    facts.key('k'),
    facts.session('s', 'ada'),
    {
      type: 'backend-key.issued.v1',
      tags: ['backendkey-b', 'token-b'],
      data: { backendKeyId: 'b', environmentId: ENV, name: 'n', kind: 'full-access', permissions: [], tokenTag: 'token-b', pepperId: 'p' },
    },
  ]);
  const foreign: readonly DomainEvent[] = [
    facts.environment({}, 'e9'),
    { type: 'environment.settings-changed.v1', tags: [], data: { environmentId: 'e9', changes: { authUrl: 'x' } } },
    facts.authUrl('https://b.test', 'https://a.test', 'e9'),
    ...[facts.signingKey('k9'), facts.signingKeyActive('k9'), facts.signingKeyRevoked('k9')].map(
      (event) => JSON.parse(JSON.stringify(event).replace('"environmentId":"e1"', '"environmentId":"e9"')) as DomainEvent,
    ),
    facts.locked('eve', 7),
    facts.unlocked('eve'),
    facts.sessionsEnded('eve'),
    facts.passwordCleared('eve'),
    facts.session('s9', 'eve'),
    facts.sessionEnded('s9', 'eve'),
    { type: 'session.refreshed.v1', tags: [], data: { sessionId: 's9', userId: 'eve', tokenHash: 't', graceEndsAtMs: 1, expiresAtMs: 1 } },
    facts.user('eve'),
    facts.password('eve'),
    facts.blocked('eve'),
    facts.unblocked('eve'),
    facts.userDeleted('eve', { memberships: [{ orgId: 'o9', role: 'Owner' }] }),
    facts.organization('o9'),
    { type: 'organization.changed.v1', tags: [], data: { orgId: 'o9', changes: { name: 'x' } } },
    facts.organizationDeleted('o9'),
    facts.joined('eve', 'o9'),
    facts.roleChanged('eve', 'o9', 'Member', 'Owner'),
    facts.left('eve', 'o9'),
    facts.key('k9'),
    facts.revoked('k9'),
    { type: 'api-key.invalidated.v1', tags: [], data: { keyId: 'k9', cause: 'user.blocked', causePos: 1 } },
    { type: 'backend-key.revoked.v1', tags: [], data: { backendKeyId: 'b9' } },
    { type: 'registry.opened.v1', tags: [], data: { leaseMs: 1000 } },
  ];

  it.each(foreign.map((event) => [event.type, event] as const))('ignores %s of somebody else', (_, event) => {
    expect(evolveUser(world.user('ada'), event, placed)).toEqual(world.user('ada'));
    expect(evolveOrganization(world.organization('o1'), event, placed)).toEqual(world.organization('o1'));
    expect(evolveEnvironment(world.environment(ENV), event, placed)).toEqual(world.environment(ENV));
    expect(evolveApiKey(world.key('k'), event, placed)).toEqual(world.key('k'));
    expect(evolveBackendKey(world.backendKey('b'), event, placed)).toEqual(world.backendKey('b'));
    expect(evolveSession(world.session('s'), event, placed)).toEqual(world.session('s'));
  });

  it('makes nothing out of events about what was never created', () => {
    for (const event of [
      facts.blocked('x'),
      facts.left('x', 'o1'),
      facts.organizationDeleted('x'),
      facts.revoked('x'),
      facts.settings({}),
      facts.signingKeyActive('x'),
      facts.sessionEnded('x', 'y'),
    ]) {
      expect(
        [evolveUser, evolveOrganization, evolveEnvironment, evolveApiKey, evolveBackendKey, evolveSession].map((evolve) => evolve(null, event, placed)),
      ).toEqual([null, null, null, null, null, null]);
    }
  });
});

describe('hostOfOrigin', () => {
  it.each([
    ['https://auth.example.com', 'auth.example.com'],
    ['http://localhost:3000', 'localhost'],
    ['http://[::1]', '[::1]'],
    ['http://[::1]:3000', '[::1]'],
    ['https://127.0.0.1:8443', '127.0.0.1'],
  ])('of %s is %s', (origin, host) => expect(hostOfOrigin(origin)).toBe(host));
});

describe('states', () => {
  const base = [facts.environment(), facts.user('ada'), facts.organization('o1'), facts.joined('ada', 'o1', 'Owner')];

  it('an organization counts members and owners from the events alone', () => {
    const count = (...events: readonly DomainEvent[]) => {
      const state = new World([...base, ...events]).organization('o1');
      return [state?.memberCount, state?.ownerCount];
    };
    expect(count()).toEqual([1, 1]);
    expect(count(facts.joined('bob', 'o1'))).toEqual([2, 1]);
    expect(count(facts.joined('bob', 'o1'), facts.roleChanged('bob', 'o1', 'Member', 'Owner'))).toEqual([2, 2]);
    expect(count(facts.roleChanged('ada', 'o1', 'Owner', 'Admin'))).toEqual([1, 0]);
    expect(count(facts.left('ada', 'o1', { role: 'Owner' }))).toEqual([0, 0]);
    expect(
      count(
        facts.userDeleted('ada', {
          memberships: [
            { orgId: 'o1', role: 'Owner' },
            { orgId: 'o2', role: 'Owner' },
          ],
        }),
      ),
    ).toEqual([0, 0]);
  });

  it('a password is set and cleared; what is said with it about changing it at login stays in the profile', () => {
    const world = new World([...base, facts.password('ada', true)]);
    expect(world.user('ada')).toMatchObject({ sealedPasswordHash: 'sealed-hash', profile: { updatePasswordRequired: true } });
    world.append([{ type: 'user.password-cleared.v1', tags: ['user-ada'], data: { userId: 'ada' } }]);
    expect(world.user('ada')?.sealedPasswordHash).toBeNull();
  });

  it('a revoked key keeps the time of its first revocation', () => {
    const world = new World([facts.key('k'), facts.revoked('k'), facts.revoked('k')]);
    expect(world.key('k')).toMatchObject({ issuedPos: 1, revokedPos: 2, revokedAtMs: atPos(2) });
  });

  it('a key collects the causes that ended it, each once, and loses those taken back', () => {
    const invalidated = (causePos: number): DomainEvent => ({
      type: 'api-key.invalidated.v1',
      tags: ['key-k'],
      data: { keyId: 'k', cause: 'user.blocked', causePos },
    });
    const world = new World([facts.key('k'), invalidated(7), invalidated(7), invalidated(9)]);
    expect(world.key('k')?.invalidatedBy).toEqual([7, 9]);
    world.append([{ type: 'api-key.reinstated.v1', tags: ['key-k'], data: { keyId: 'k', causePos: 11, invalidatedBy: 7 } }]);
    expect(world.key('k')?.invalidatedBy).toEqual([9]);
  });

  it('a key has been invalidated since the first invalidation that still holds', () => {
    const invalidated = (causePos: number): DomainEvent => ({
      type: 'api-key.invalidated.v1',
      tags: ['key-k'],
      data: { keyId: 'k', cause: 'user.blocked', causePos },
    });
    const takenBack = (invalidatedBy: number): DomainEvent => ({
      type: 'api-key.reinstated.v1',
      tags: ['key-k'],
      data: { keyId: 'k', causePos: 11, invalidatedBy },
    });
    const world = new World([facts.key('k')]);
    const since = (...events: readonly DomainEvent[]) => world.append(events).key('k')?.invalidatedAtMs;
    expect(since()).toBeNull();
    expect(since(invalidated(7))).toBe(atPos(2));
    expect(since(invalidated(9), invalidated(7))).toBe(atPos(2));
    expect(since(takenBack(8))).toBe(atPos(2));
    expect(since(takenBack(7))).toBe(atPos(3));
    expect(since(takenBack(9))).toBeNull();
    expect(since(invalidated(12))).toBe(atPos(8));
  });

  it('a key ends at the first of its revocation, its expiry and its invalidation', () => {
    expect(keyEndsAtMs({ revokedAtMs: null, expiresAtMs: null, invalidatedAtMs: null })).toBeNull();
    expect(keyEndsAtMs({ revokedAtMs: 3, expiresAtMs: null, invalidatedAtMs: null })).toBe(3);
    for (const [revokedAtMs, expiresAtMs, invalidatedAtMs] of [
      [1, 2, 3],
      [3, 1, 2],
      [2, 3, 1],
    ] as const) {
      expect(keyEndsAtMs({ revokedAtMs, expiresAtMs, invalidatedAtMs })).toBe(1);
    }
  });

  it('whatever ends all sessions of a user raises the epoch that they are under, and nothing takes it down again', () => {
    const epoch = (...events: readonly DomainEvent[]) => new World([...base, ...events]).user('ada')?.sessionEpoch;
    expect(epoch()).toBe(0);
    for (const event of [facts.blocked('ada'), facts.userDeleted('ada'), facts.sessionsEnded('ada'), facts.password('ada'), facts.passwordCleared('ada')]) {
      expect([event.type, epoch(event)]).toEqual([event.type, 1]);
    }
    expect(epoch(facts.blocked('ada'), facts.unblocked('ada', { reinstate: true, blockedPos: 5 }))).toBe(1);
    for (const event of [
      facts.locked('ada', 7),
      facts.unlocked('ada'),
      facts.session('s', 'ada'),
      facts.sessionEnded('s', 'ada'),
      facts.left('ada', 'o1', { endsKeys: true }),
    ]) {
      expect([event.type, epoch(event)]).toEqual([event.type, 0]);
    }
  });

  it('a lock holds until it is taken back or another one follows; a block and an unblock leave it alone', () => {
    const until = (...events: readonly DomainEvent[]) => new World([...base, facts.locked('ada', 7), ...events]).user('ada')?.lockedUntilMs;
    expect([until(), until(facts.locked('ada', 9)), until(facts.unlocked('ada'))]).toEqual([7, 9, null]);
    expect(until(facts.blocked('ada'), facts.unblocked('ada', { blockedPos: 6 }))).toBe(7);
  });

  it('a user was last active at the last login', () =>
    expect(new World([...base, facts.session('s', 'ada'), facts.sessionEnded('s', 'ada')]).user('ada')?.lastActiveAtMs).toBe(atPos(5)));

  it('an environment remembers where users logged in before, and until when; saying the same again is nothing', () => {
    const moves = [
      facts.authUrl('https://b.test', 'https://auth.example.com'),
      facts.authUrl('https://b.test', 'https://b.test'),
      facts.authUrl('https://c.test', 'https://b.test'),
    ];
    expect(new World([facts.environment(), ...moves]).environment(ENV)).toMatchObject({
      settings: { authUrl: 'https://c.test' },
      previousAuthUrls: [
        { authUrl: 'https://auth.example.com', replacedAtMs: atPos(2) },
        { authUrl: 'https://b.test', replacedAtMs: atPos(4) },
      ],
    });
  });

  it('an environment of an older log has the defaults of settings that came later, and moves by its settings', () => {
    const { passwordLoginEnabled: _, allowedOrigins: __, ...before } = defaultSettings('https://auth.example.com');
    const made: DomainEvent = JSON.parse(
      JSON.stringify({
        ...facts.environmentWithoutHost(),
        data: { environmentId: ENV, name: ENV, publicKeyPem: 'pem', sealedPrivateKey: 'sealed', settings: before },
      }),
    ) as DomainEvent;
    const world = new World([made, facts.settings({ orgApiKeysEnabled: false, authUrl: 'https://b.test' })]);
    expect(world.environment(ENV)).toMatchObject({
      settings: { ...defaultSettings('https://b.test'), orgApiKeysEnabled: false },
      previousAuthUrls: [{ authUrl: 'https://auth.example.com', replacedAtMs: atPos(2) }],
    });
  });

  it('a session that began keeps what it began with, and the reason for which it ended first', () => {
    const world = new World([facts.user('ada'), facts.session('s', 'ada', { expiresAtMs: 7 }), facts.session('s', 'bob', { familyHash: 'another' })]);
    expect(world.session('s')).toEqual({
      sessionId: 's',
      userId: 'ada',
      environmentId: ENV,
      familyHash: 'family-s',
      sessionEpoch: 0,
      tokenHash: 's-0',
      replaced: null,
      startedAtMs: atPos(2),
      expiresAtMs: 7,
      ended: null,
    });
    expect(world.append([facts.sessionEnded('s', 'ada', 'token-reused'), facts.sessionEnded('s', 'ada')]).session('s')?.ended).toBe('token-reused');
  });

  it('a refresh makes its token the newest, keeps the one before with its grace, and forgets all others', () => {
    const after = (...events: readonly DomainEvent[]) => {
      const { tokenHash, replaced, expiresAtMs } = new World([facts.session('s', 'ada'), ...events]).session('s') ?? {};
      return [tokenHash, replaced, expiresAtMs];
    };
    const first = facts.sessionRefreshed('s', 'ada', 'a', { graceEndsAtMs: 5, expiresAtMs: 50 });
    const second = facts.sessionRefreshed('s', 'ada', 'b', { graceEndsAtMs: 6, expiresAtMs: 60 });
    expect(after(first)).toEqual(['a', { hash: 's-0', graceEndsAtMs: 5 }, 50]);
    expect(after(first, second)).toEqual(['b', { hash: 'a', graceEndsAtMs: 6 }, 60]);
  });

  it('a refresh or an end of another session changes nothing, nor does one of no session', () => {
    const others = [facts.sessionRefreshed('t', 'ada', 'x'), facts.sessionEnded('t', 'ada')].map((event): DomainEvent => ({ ...event, tags: ['session-s'] }));
    const alone = new World([facts.session('s', 'ada')]).session('s');
    expect(new World([facts.session('s', 'ada'), ...others]).session('s')).toEqual(alone);
    expect(new World([facts.sessionRefreshed('s', 'ada', 'x'), facts.sessionEnded('s', 'ada')]).session('s')).toBeNull();
  });

  it('a block holds from its position until the unblock, and outlives deletion', () => {
    const world = new World([...base, facts.blocked('ada', { suspendsOrgKeys: true })]);
    expect(world.user('ada')).toMatchObject({ blocked: true, blockedPos: 5, suspendsOrgKeys: true, epoch: 0 });
    expect(new World([...world.log.map(({ event }) => event), facts.userDeleted('ada')]).user('ada')).toMatchObject({
      blocked: true,
      suspendsOrgKeys: true,
      deleted: true,
      epoch: 1,
    });
    expect(world.append([facts.unblocked('ada', { reinstate: true })]).user('ada')).toMatchObject({
      blocked: false,
      blockedPos: null,
      suspendsOrgKeys: false,
      epoch: 0,
    });
  });
});
