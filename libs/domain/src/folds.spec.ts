import { describe, expect, it } from 'vitest';
import { World } from '@test/support/domain/decider-specification.js';
import { ENV, facts } from '@test/support/domain/fixtures.js';
import { evolveApiKey } from './api-key/state.js';
import { evolveBackendKey } from './backend-key/state.js';
import { freeClaim } from './claim.js';
import { evolveEnvironment } from './environment/state.js';
import { foldOf, prefixOf } from './folds.js';
import type { DomainEvent } from './log-events.js';
import { evolveOrganization } from './organization/state.js';
import { evolveSession } from './session/state.js';
import { evolveUser } from './user/state.js';

const placed = { pos: 99, at: 9_900_000 };

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

  it('refuses a tag of a kind that has no fold', () => expect(() => foldOf('command-1')).toThrow('no fold'));

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

  it.each(foreign.map((event) => [event.type, event] as const))('ignores %s of another entity', (_, event) => {
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
