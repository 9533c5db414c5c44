import { describe, expect, it } from 'vitest';
import type { World } from '@test/support/domain/decider-specification.js';
import { given } from '@test/support/domain/decider-specification.js';
import { createUser, ENV, facts, OTHER_ENV, userProfile } from '@test/support/domain/fixtures.js';
import { freeClaim } from '../claim.js';
import type { DomainEvent } from '../log-events.js';
import {
  type ChangeEmailCommand,
  type ChangeProfileCommand,
  decideChangeEmail,
  decideChangeProfile,
  decideClearPassword,
  decideCreateUser,
  decideEndSessions,
  decideLockUser,
  decideSetOrgCreation,
  decideSetPassword,
  type OfUser,
} from './decide.js';

const ada = facts.user('ada', { usernameTag: 'username-ada', profile: { ...userProfile, username: 'ada' } });
const bob = facts.user('bob', { usernameTag: 'username-bob', profile: { ...userProfile, username: 'bob' } });
const me: OfUser = { userId: 'ada', environmentId: ENV };

const free = { emailClaim: freeClaim, usernameClaim: null };

describe('creating a user', () => {
  const cmd = createUser('ada', { usernameTag: 'username-ada', profile: { ...userProfile, username: 'ada' } });

  it('claims the address and the user name in the same commit', () =>
    given()
      .when(() => decideCreateUser(cmd, free))
      .thenAppends(ada));

  it('without a user name claims the address only', () =>
    given()
      .when(() => decideCreateUser(createUser('eve'), free))
      .thenAppends(facts.user('eve')));

  it('with a password also sets it, whether or not it must be changed at login', () =>
    given()
      .when(() => decideCreateUser(createUser('eve', { sealedPasswordHash: 'sealed-hash', profile: { ...userProfile, updatePasswordRequired: true } }), free))
      .thenAppends(facts.user('eve', { profile: { ...userProfile, updatePasswordRequired: true } }), facts.password('eve', true)));

  it('is refused when the address is taken', () =>
    given(bob)
      .when((world) => decideCreateUser(cmd, { ...free, emailClaim: world.claim('email-bob') }))
      .thenInvalid('email'));

  it('is refused when the user name is taken', () =>
    given(bob)
      .when((world) => decideCreateUser(cmd, { ...free, usernameClaim: world.claim('username-bob') }))
      .thenInvalid('username'));

  it('tells of a taken name before it tells of a taken address, so that a sign-up need not tell of addresses', () =>
    given(bob)
      .when((world) => decideCreateUser(cmd, { emailClaim: world.claim('email-bob'), usernameClaim: world.claim('username-bob') }))
      .thenInvalid('username'));

  it('may take the address and name of a deleted user', () =>
    given(bob, facts.userDeleted('bob', { usernameTag: 'username-bob' }))
      .when((world) => decideCreateUser(cmd, { emailClaim: world.claim('email-bob'), usernameClaim: world.claim('username-bob') }))
      .thenAppends(ada));
});

describe('changing the address', () => {
  const change = (over: Partial<ChangeEmailCommand>, ...events: readonly DomainEvent[]) =>
    given(...events).when((world) => {
      const cmd: ChangeEmailCommand = { ...me, newEmail: 'new@example.test', newEmailTag: 'email-new', emailConfirmed: true, ...over };
      return decideChangeEmail(cmd, { user: world.user('ada'), emailClaim: world.claim(cmd.newEmailTag) });
    });
  const changed = (email: string, emailTag: string): DomainEvent => ({
    type: 'user.email-changed.v1',
    tags: [...new Set(['user-ada', emailTag, 'email-ada'])],
    data: { userId: 'ada', email, emailTag, previousEmailTag: 'email-ada', emailConfirmed: true },
  });

  it('claims the new address and releases the old one', () => change({}, ada).thenAppends(changed('new@example.test', 'email-new')));
  it('in its spelling only keeps the claim', () =>
    change({ newEmail: 'Ada@example.test', newEmailTag: 'email-ada' }, ada).thenAppends(changed('Ada@example.test', 'email-ada')));
  it('to another user’s is refused', () => change({ newEmailTag: 'email-bob' }, ada, bob).thenInvalid('newEmail'));
  it('to the same address is already done', () => change({ newEmail: 'ada@example.test', newEmailTag: 'email-ada' }, ada).thenNothing());
});

describe('changing the profile', () => {
  const change = (over: Partial<ChangeProfileCommand>, ...events: readonly DomainEvent[]) =>
    given(...events).when((world) => {
      const cmd: ChangeProfileCommand = { ...me, changes: {}, usernameTag: null, ...over };
      return decideChangeProfile(cmd, { user: world.user('ada'), usernameClaim: cmd.usernameTag === null ? null : world.claim(cmd.usernameTag) });
    });
  const changed = (changes: ChangeProfileCommand['changes'], usernameTag: string | null = null, previousUsernameTag: string | null = null): DomainEvent => ({
    type: 'user.profile-changed.v1',
    tags: [...new Set(['user-ada', ...[usernameTag, previousUsernameTag].filter((tag) => tag !== null)])],
    data: { userId: 'ada', changes, usernameTag, previousUsernameTag },
  });

  it('records only what really changes', () =>
    change({ changes: { firstName: 'Ada', lastName: 'Lovelace', properties: {} } }, ada).thenAppends(changed({ lastName: 'Lovelace' })));
  it('replaces metadata whole', () =>
    change({ changes: { metadata: { a: 1 } } }, facts.user('ada', { profile: { ...userProfile, metadata: { b: 2 } } })).thenAppends(
      changed({ metadata: { a: 1 } }),
    ));
  it('to what it is already is already done, whatever the order of fields', () =>
    change(
      { changes: { properties: { a: 1, b: [2] }, username: 'ada' }, usernameTag: 'username-ada' },
      facts.user('ada', { usernameTag: 'username-ada', profile: { ...userProfile, username: 'ada', properties: { b: [2], a: 1 } } }),
    ).thenNothing());
  it('claims a new user name and releases the old one', () =>
    change({ changes: { username: 'ada2' }, usernameTag: 'username-ada2' }, ada).thenAppends(changed({ username: 'ada2' }, 'username-ada2', 'username-ada')));
  it('may respell the user name', () =>
    change({ changes: { username: 'ADA' }, usernameTag: 'username-ada' }, ada).thenAppends(changed({ username: 'ADA' }, 'username-ada', 'username-ada')));
  it('may drop the user name', () => change({ changes: { username: null } }, ada).thenAppends(changed({ username: null }, null, 'username-ada')));
  it('to another user’s name is refused', () => change({ changes: { username: 'bob' }, usernameTag: 'username-bob' }, ada, bob).thenInvalid('username'));
  it('never records a user name without its tag', () =>
    expect(() => change({ changes: { username: 'ada2' } }, ada).thenNothing()).toThrow('must come with its tag'));
  it('ignores fields that no profile has', () =>
    change({ changes: JSON.parse('{"__proto__": {"x": 1}, "role": "root"}') as ChangeProfileCommand['changes'] }, ada).thenNothing());
});

describe('passwords, sessions and the right to create organizations', () => {
  const setPassword = (world: World) =>
    decideSetPassword({ ...me, sealedPasswordHash: 'sealed-hash', updatePasswordRequired: true }, { user: world.user('ada') });
  const clearPassword = (world: World) => decideClearPassword(me, { user: world.user('ada') });
  const setOrgCreation = (canCreateOrgs: boolean) => (world: World) => decideSetOrgCreation({ ...me, canCreateOrgs }, { user: world.user('ada') });

  it('a password can be set, again too', () => given(ada, facts.password('ada', true)).when(setPassword).thenAppends(facts.password('ada', true)));
  it('a password can be cleared', () =>
    given(ada, facts.password('ada'))
      .when(clearPassword)
      .thenAppends({ type: 'user.password-cleared.v1', tags: ['user-ada'], data: { userId: 'ada' } }));
  it('clearing no password is already done', () => given(ada).when(clearPassword).thenNothing());
  it('ending sessions is a new fact each time', () =>
    given(ada, { type: 'user.sessions-ended.v1', tags: ['user-ada'], data: { userId: 'ada' } })
      .when((world) => decideEndSessions(me, { user: world.user('ada') }))
      .thenAppends({ type: 'user.sessions-ended.v1', tags: ['user-ada'], data: { userId: 'ada' } }));
  it('the right to create organizations is given', () =>
    given(ada)
      .when(setOrgCreation(true))
      .thenAppends({ type: 'user.org-creation-set.v1', tags: ['user-ada'], data: { userId: 'ada', canCreateOrgs: true } }));
  it('and giving what is given is already done', () => given(ada).when(setOrgCreation(false)).thenNothing());
});

describe('locking a user out', () => {
  const lock = (untilMs: number) => (world: World) => decideLockUser({ ...me, untilMs }, { user: world.user('ada') });

  it('says until when', () => given(ada).when(lock(7_000)).thenAppends(facts.locked('ada', 7_000)));
  it('may be put off, and is never shortened', () => {
    given(ada, facts.locked('ada', 7_000)).when(lock(7_001)).thenAppends(facts.locked('ada', 7_001));
    given(ada, facts.locked('ada', 7_000)).when(lock(7_000)).thenNothing();
    given(ada, facts.locked('ada', 7_000)).when(lock(6_999)).thenNothing();
  });
  it('is possible again after it was taken back', () =>
    given(ada, facts.locked('ada', 7_000), facts.unlocked('ada')).when(lock(6_000)).thenAppends(facts.locked('ada', 6_000)));
  it('hits a blocked user too', () => given(ada, facts.blocked('ada')).when(lock(7_000)).thenAppends(facts.locked('ada', 7_000)));
});

type Attempt = (cmd: OfUser, world: World) => readonly DomainEvent[];
const attempts: readonly [string, Attempt][] = [
  [
    'changing the address',
    (cmd, world) =>
      decideChangeEmail({ ...cmd, newEmail: 'n', newEmailTag: 'email-n', emailConfirmed: true }, { user: world.user('ada'), emailClaim: freeClaim }),
  ],
  [
    'changing the profile',
    (cmd, world) => decideChangeProfile({ ...cmd, changes: { lastName: 'L' }, usernameTag: null }, { user: world.user('ada'), usernameClaim: null }),
  ],
  ['setting a password', (cmd, world) => decideSetPassword({ ...cmd, sealedPasswordHash: 's', updatePasswordRequired: false }, { user: world.user('ada') })],
  ['clearing a password', (cmd, world) => decideClearPassword(cmd, { user: world.user('ada') })],
  ['ending sessions', (cmd, world) => decideEndSessions(cmd, { user: world.user('ada') })],
  ['locking out', (cmd, world) => decideLockUser({ ...cmd, untilMs: 7_000 }, { user: world.user('ada') })],
  ['the right to create organizations', (cmd, world) => decideSetOrgCreation({ ...cmd, canCreateOrgs: true }, { user: world.user('ada') })],
];

describe.each(attempts)('%s', (_, attempt) => {
  it('of a user that never was finds nothing', () =>
    given()
      .when((world) => attempt(me, world))
      .thenNotFound());
  it('of a deleted user finds nothing', () =>
    given(ada, facts.password('ada'), facts.userDeleted('ada'))
      .when((world) => attempt(me, world))
      .thenNotFound());
  it('of another environment’s user finds nothing', () =>
    given(ada, facts.password('ada'))
      .when((world) => attempt({ ...me, environmentId: OTHER_ENV }, world))
      .thenNotFound());
});
