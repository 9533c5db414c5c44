import { describe, expect, it } from 'vitest';
import { World } from '@test/support/domain/decider-specification.js';
import { ENV, facts, OTHER_ENV, userProfile } from '@test/support/domain/fixtures.js';
import { evolveClaim, freeClaim } from './claim.js';
import type { DomainEvent } from './log-events.js';

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
  it('of a host are unclaimed in a log from before, until the auth URL is said again', () => {
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
  it('are neither taken over nor released by another holder', () => {
    const held = { holder: 'ada' };
    expect(evolveClaim('email-ada', held, facts.user('bob', { emailTag: 'email-ada' }), placed)).toEqual(held);
    expect(evolveClaim('email-ada', held, facts.userDeleted('bob', { emailTag: 'email-ada' }), placed)).toEqual(held);
    expect(evolveClaim('email-ada', freeClaim, facts.user('bob'), placed)).toEqual(freeClaim);
  });
});
