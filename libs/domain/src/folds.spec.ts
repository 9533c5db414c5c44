import { describe, expect, it } from 'vitest';
import type { DomainEvent } from './events.js';
import {
  evolveApiKey, evolveBackendKey, evolveClaim, evolveEnvironment, evolveOrganization, evolveUser, foldOf, freeClaim, prefixOf,
} from './folds.js';
import { atPos, World } from './testing/decider-specification.js';
import { ENV, facts, userProfile } from './testing/fixtures.js';

const placed = { pos: 99, at: 9_900_000 };

describe('claims', () => {
  const holderOf = (tag: string, ...events: readonly DomainEvent[]) => new World(events).claim(tag).holder;
  const emailChanged = (emailTag: string, previousEmailTag: string): DomainEvent => ({
    type: 'user.email-changed.v1', tags: ['user-ada', emailTag, previousEmailTag],
    data: { userId: 'ada', email: 'x', emailTag, previousEmailTag, emailConfirmed: false },
  });
  const renamed = (username: string | null, usernameTag: string | null, previousUsernameTag: string | null): DomainEvent => ({
    type: 'user.profile-changed.v1', tags: ['user-ada', ...[usernameTag, previousUsernameTag].filter((tag) => tag !== null)],
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
  it('of a token are never released, whatever becomes of the key', () => {
    const issued: DomainEvent = {
      type: 'backend-key.issued.v1', tags: ['backendkey-b', 'token-b'],
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
    ['user-1', 'user-'], ['username-1', 'username-'], ['org-1', 'org-'], ['env-1', 'env-'], ['environment-name-x', 'environment-name-'], ['key-1', 'key-'],
    ['backendkey-1', 'backendkey-'], ['email-1', 'email-'], ['slug-e-s', 'slug-'], ['token-1', 'token-'], ['registry', 'registry'], ['command-1', null],
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
    facts.environment(), facts.user('ada'), facts.organization('o1'), facts.joined('ada', 'o1', 'Owner'), facts.key('k'),
    {
      type: 'backend-key.issued.v1', tags: ['backendkey-b', 'token-b'],
      data: { backendKeyId: 'b', environmentId: ENV, name: 'n', kind: 'full-access', permissions: [], tokenTag: 'token-b', pepperId: 'p' },
    },
  ]);
  const foreign: readonly DomainEvent[] = [
    facts.environment({}, 'e9'), { type: 'environment.settings-changed.v1', tags: [], data: { environmentId: 'e9', changes: { authUrl: 'x' } } },
    facts.user('eve'), facts.password('eve'), facts.blocked('eve'), facts.unblocked('eve'), facts.userDeleted('eve', { memberships: [{ orgId: 'o9', role: 'Owner' }] }),
    facts.organization('o9'), { type: 'organization.changed.v1', tags: [], data: { orgId: 'o9', changes: { name: 'x' } } }, facts.organizationDeleted('o9'),
    facts.joined('eve', 'o9'), facts.roleChanged('eve', 'o9', 'Member', 'Owner'), facts.left('eve', 'o9'), facts.key('k9'), facts.revoked('k9'),
    { type: 'api-key.invalidated.v1', tags: [], data: { keyId: 'k9', cause: 'user.blocked', causePos: 1 } },
    { type: 'backend-key.revoked.v1', tags: [], data: { backendKeyId: 'b9' } }, { type: 'registry.opened.v1', tags: [], data: { leaseMs: 1000 } },
  ];

  it.each(foreign.map((event) => [event.type, event] as const))('ignores %s of somebody else', (_, event) => {
    expect(evolveUser(world.user('ada'), event, placed)).toEqual(world.user('ada'));
    expect(evolveOrganization(world.organization('o1'), event, placed)).toEqual(world.organization('o1'));
    expect(evolveEnvironment(world.environment(ENV), event, placed)).toEqual(world.environment(ENV));
    expect(evolveApiKey(world.key('k'), event, placed)).toEqual(world.key('k'));
    expect(evolveBackendKey(world.backendKey('b'), event, placed)).toEqual(world.backendKey('b'));
  });

  it('makes nothing out of events about what was never created', () => {
    for (const event of [facts.blocked('x'), facts.left('x', 'o1'), facts.organizationDeleted('x'), facts.revoked('x'), facts.settings({})]) {
      expect([evolveUser, evolveOrganization, evolveEnvironment, evolveApiKey, evolveBackendKey].map((evolve) => evolve(null, event, placed)))
        .toEqual([null, null, null, null, null]);
    }
  });
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
    expect(count(facts.userDeleted('ada', { memberships: [{ orgId: 'o1', role: 'Owner' }, { orgId: 'o2', role: 'Owner' }] }))).toEqual([0, 0]);
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
      type: 'api-key.invalidated.v1', tags: ['key-k'], data: { keyId: 'k', cause: 'user.blocked', causePos },
    });
    const world = new World([facts.key('k'), invalidated(7), invalidated(7), invalidated(9)]);
    expect(world.key('k')?.invalidatedBy).toEqual([7, 9]);
    world.append([{ type: 'api-key.reinstated.v1', tags: ['key-k'], data: { keyId: 'k', causePos: 11, invalidatedBy: 7 } }]);
    expect(world.key('k')?.invalidatedBy).toEqual([9]);
  });

  it('a block holds from its position until the unblock, and outlives deletion', () => {
    const world = new World([...base, facts.blocked('ada', { suspendsOrgKeys: true })]);
    expect(world.user('ada')).toMatchObject({ blocked: true, blockedPos: 5, suspendsOrgKeys: true, epoch: 0 });
    expect(new World([...world.log.map(({ event }) => event), facts.userDeleted('ada')]).user('ada'))
      .toMatchObject({ blocked: true, suspendsOrgKeys: true, deleted: true, epoch: 1 });
    expect(world.append([facts.unblocked('ada', { reinstate: true })]).user('ada'))
      .toMatchObject({ blocked: false, blockedPos: null, suspendsOrgKeys: false, epoch: 0 });
  });
});
