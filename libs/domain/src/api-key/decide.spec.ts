import { describe, expect, it } from 'vitest';
import { atPos, given, World } from '@test/support/domain/decider-specification.js';
import { ENV, facts, OTHER_ENV } from '@test/support/domain/fixtures.js';
import { isArchived } from '../archived.js';
import type { DomainEvent } from '../log-events.js';
import { decideInvalidateKeys, decideReinstateKeys, decideRevokeKey, decideUpdateKey, type UpdateKeyCommand } from './decide.js';

const AT = atPos(100);
const base = [facts.environment(), facts.user('ada'), facts.organization('o1'), facts.joined('ada', 'o1')];
const personal = [...base, facts.personalKey('k', 'ada', { expiresAtMs: AT + 10, metadata: { a: 1 }, displayName: 'CI' })];
const organization = [...base, facts.memberKey('k', 'o1', 'ada')];

const update = (events: readonly DomainEvent[], cmd: Partial<UpdateKeyCommand>, at = AT) =>
  given(...events).when((world) => {
    const key = world.key('k');
    return decideUpdateKey({ keyId: 'k', environmentId: ENV, ...cmd }, { key, principals: world.principals(key) }, at);
  });
const revoke = (events: readonly DomainEvent[], environmentId = ENV) =>
  given(...events).when((world) => decideRevokeKey({ keyId: 'k', environmentId }, { key: world.key('k') }));
const expiry = (expiresAtMs: number | null): DomainEvent => ({ type: 'api-key.expiry-changed.v1', tags: ['key-k'], data: { keyId: 'k', expiresAtMs } });

describe('updating a key', () => {
  it('changes what is given, one fact each', () =>
    update(personal, { displayName: null, metadata: { b: 2 }, expiresAtMs: null }).thenAppends(
      { type: 'api-key.renamed.v1', tags: ['key-k'], data: { keyId: 'k', displayName: null } },
      { type: 'api-key.metadata-changed.v1', tags: ['key-k'], data: { keyId: 'k', metadata: { b: 2 } } },
      expiry(null),
    ));
  it('with nothing given is already done', () => update(personal, {}).thenNothing());
  it('to what it is already is already done', () => update(personal, { displayName: 'CI', metadata: { a: 1 }, expiresAtMs: AT + 10 }).thenNothing());
  it('may shorten its life', () => update(personal, { expiresAtMs: AT + 1 }).thenAppends(expiry(AT + 1)));
  it('cannot end it in the past', () => update(personal, { expiresAtMs: AT }).thenInvalid('expiresAtMs'));
  it('cannot revive an expired key', () => update(personal, { expiresAtMs: null }, AT + 10).thenNotFound());
  it('works while its kind is off', () =>
    update([...personal, facts.settings({ personalApiKeysEnabled: false })], { expiresAtMs: null }).thenAppends(expiry(null)));
});

describe('revoking a key', () => {
  it('ends it', () => revoke(personal).thenAppends(facts.revoked('k')));
  it('works while its kind is off', () => revoke([...organization, facts.settings({ orgApiKeysEnabled: false })]).thenAppends(facts.revoked('k')));
  it('works on a key that validates again but whose reinstatement is not recorded yet', () =>
    revoke([
      ...personal,
      facts.blocked('ada'),
      ...decideInvalidateKeys({ cause: 'user.blocked', causePos: 6, keys: ['k'] }),
      facts.unblocked('ada', { blockedPos: 6, reinstate: true }),
    ]).thenAppends(facts.revoked('k')));
});

const archived: readonly [string, readonly DomainEvent[]][] = [
  ['a revoked key', [...personal, facts.revoked('k')]],
  ['a revoked key whose kind is off', [...personal, facts.revoked('k'), facts.settings({ personalApiKeysEnabled: false })]],
  ['a key of a blocked user', [...personal, facts.blocked('ada')]],
  ['a key of a blocked user, its kind being off', [...personal, facts.blocked('ada'), facts.settings({ personalApiKeysEnabled: false })]],
  ['a key from before an unblock', [...personal, facts.blocked('ada'), facts.unblocked('ada', { blockedPos: 6 })]],
  ['a key of a deleted user', [...personal, facts.userDeleted('ada')]],
  ['an organization key suspended by a block', [...organization, facts.blocked('ada', { suspendsOrgKeys: true })]],
  ['an organization key ended by leaving', [...organization, facts.left('ada', 'o1', { endsKeys: true })]],
  ['a key of a deleted organization', [...organization, facts.organizationDeleted('o1')]],
];
describe.each(archived)('%s', (_, events) => {
  it('is archived', () => {
    const world = new World(events);
    const key = world.key('k');
    expect(key !== null && isArchived(key, world.principals(key), AT)).toBe(true);
  });
  it('cannot be updated', () => update(events, { displayName: 'x' }).thenNotFound());
  it('is revoked for good unless it was, so that nothing brings it back', () => {
    const wasRevoked = events.some(({ type }) => type === 'api-key.revoked.v1');
    return wasRevoked ? revoke(events).thenNotFound() : revoke(events).thenAppends(facts.revoked('k'));
  });
});

describe.each<[string, readonly DomainEvent[], string]>([
  ['a key that never was', base, ENV],
  ['another environment’s key', personal, OTHER_ENV],
])('%s', (_, events, environmentId) => {
  it('cannot be updated', () => update(events, { environmentId, displayName: 'x' }).thenNotFound());
  it('cannot be revoked', () => revoke(events, environmentId).thenNotFound());
});

describe('isArchived', () => {
  it.each<[string, readonly DomainEvent[]]>([
    ['an organization key whose user left without the setting', [...organization, facts.left('ada', 'o1')]],
    ['an organization key whose user was deleted without the setting', [...organization, facts.userDeleted('ada')]],
    ['an organization key of a user whose block spares it', [...organization, facts.blocked('ada')]],
    ['a key whose kind is off', [...organization, facts.settings({ orgApiKeysEnabled: false })]],
  ])('%s is current', (_, events) => {
    const world = new World(events);
    const key = world.key('k');
    expect(key !== null && isArchived(key, world.principals(key), AT)).toBe(false);
  });

  it('is true when a principal that the key names is missing', () => {
    const world = new World(organization);
    const key = world.key('k');
    if (key === null) throw new Error('There is a key.');
    const principals = world.principals(key);
    for (const missing of ['environment', 'user', 'organization', 'creator'] as const) {
      expect(isArchived(key, { ...principals, [missing]: null }, AT)).toBe(true);
    }
  });
});

describe('the cascade’s bookkeeping', () => {
  it('is one event per key, however often the key is named', () =>
    given()
      .when(() => decideInvalidateKeys({ cause: 'user.deleted', causePos: 7, keys: ['a', 'b', 'a'] }))
      .thenAppends(
        { type: 'api-key.invalidated.v1', tags: ['key-a'], data: { keyId: 'a', cause: 'user.deleted', causePos: 7 } },
        { type: 'api-key.invalidated.v1', tags: ['key-b'], data: { keyId: 'b', cause: 'user.deleted', causePos: 7 } },
      ));
  it('names the block that a reinstatement takes back', () =>
    given()
      .when(() => decideReinstateKeys({ causePos: 9, invalidatedBy: 7, keys: ['a', 'a'] }))
      .thenAppends({ type: 'api-key.reinstated.v1', tags: ['key-a'], data: { keyId: 'a', causePos: 9, invalidatedBy: 7 } }));
});
