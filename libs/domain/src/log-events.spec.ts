import { describe, expect, it } from 'vitest';
import { facts, organizationProfile, userProfile } from '@test/support/domain/fixtures.js';
import { everyEvent } from '@test/support/log/every-event.js';
import { changedNames, type DomainEvent, type EventType, PERSONAL_FIELDS } from './log-events.js';

const cases: readonly [DomainEvent, readonly string[]][] = [
  [facts.environment(), ['auth-host-auth.example.com']],
  [facts.settings({ orgApiKeysEnabled: false }), ['env-e1']],
  [facts.authUrl('https://b.test', 'https://auth.example.com'), ['env-e1', 'auth-host-b.test', 'auth-host-auth.example.com']],
  [facts.authUrl('http://b.test:81', 'http://b.test:82'), ['env-e1', 'auth-host-b.test']],
  [facts.signingKey('k2'), ['env-e1']],
  [facts.signingKeyActive('k2'), ['env-e1']],
  [facts.signingKeyRevoked('k2'), ['env-e1']],
  [facts.user('ada'), []],
  [{ type: 'user.email-changed.v1', tags: [], data: { userId: 'ada', email: 'e', emailTag: 'n', previousEmailTag: 'o', emailConfirmed: true } }, ['user-ada']],
  [{ type: 'user.profile-changed.v1', tags: [], data: { userId: 'ada', changes: {}, usernameTag: null, previousUsernameTag: null } }, ['user-ada']],
  [facts.password('ada'), ['user-ada']],
  [{ type: 'user.password-cleared.v1', tags: [], data: { userId: 'ada' } }, ['user-ada']],
  [{ type: 'user.sessions-ended.v1', tags: [], data: { userId: 'ada' } }, ['user-ada']],
  [{ type: 'user.org-creation-set.v1', tags: [], data: { userId: 'ada', canCreateOrgs: true } }, ['user-ada']],
  [facts.locked('ada', 1), ['user-ada']],
  [facts.unlocked('ada'), ['user-ada']],
  [facts.session('s', 'ada'), []],
  [facts.sessionRefreshed('s', 'ada', 't'), []],
  [facts.sessionEnded('s', 'ada'), ['session-s']],
  [facts.blocked('ada'), ['user-ada']],
  [facts.unblocked('ada'), ['user-ada']],
  [facts.userDeleted('ada', { memberships: [{ orgId: 'o1', role: 'Owner' }] }), ['user-ada']],
  [facts.organization('o1'), []],
  [{ type: 'organization.changed.v1', tags: [], data: { orgId: 'o1', changes: {} } }, ['org-o1']],
  [facts.organizationDeleted('o1'), ['org-o1']],
  [facts.joined('ada', 'o1'), ['user-ada']],
  [facts.roleChanged('ada', 'o1', 'Member', 'Owner'), ['user-ada']],
  [facts.left('ada', 'o1'), ['user-ada']],
  [facts.key('k'), []],
  [facts.importedKey('k'), []],
  [{ type: 'api-key.renamed.v1', tags: [], data: { keyId: 'k', displayName: null } }, ['key-k']],
  [{ type: 'api-key.metadata-changed.v1', tags: [], data: { keyId: 'k', metadata: null } }, ['key-k']],
  [{ type: 'api-key.expiry-changed.v1', tags: [], data: { keyId: 'k', expiresAtMs: null } }, ['key-k']],
  [facts.revoked('k'), ['key-k']],
  [{ type: 'api-key.invalidated.v1', tags: [], data: { keyId: 'k', cause: 'user.blocked', causePos: 1 } }, []],
  [{ type: 'api-key.reinstated.v1', tags: [], data: { keyId: 'k', causePos: 2, invalidatedBy: 1 } }, []],
  [
    {
      type: 'backend-key.issued.v1',
      tags: [],
      data: { backendKeyId: 'b', environmentId: 'e1', name: 'n', kind: 'full-access', permissions: [], tokenTag: 't', pepperId: 'p' },
    },
    [],
  ],
  [{ type: 'backend-key.revoked.v1', tags: [], data: { backendKeyId: 'b' } }, ['backendkey-b']],
  [{ type: 'registry.opened.v1', tags: [], data: { leaseMs: 5000 } }, []],
  [{ type: 'registry.lease-changed.v1', tags: [], data: { leaseMs: 5000 } }, []],
  [{ type: 'registry.node-joined.v1', tags: [], data: { inc: 'n' } }, []],
  [{ type: 'registry.node-fenced.v1', tags: [], data: { inc: 'n' } }, []],
  [{ type: 'registry.node-left.v1', tags: [], data: { inc: 'n' } }, []],
];

/** These leave an entity that they are tagged with as it was: they create it, or no cached record has what they say. */
const CHANGES_LESS: readonly EventType[] = [
  'environment.created.v1',
  'user.created.v1',
  'user.deleted.v1',
  'session.started.v1',
  'session.refreshed.v1',
  'organization.created.v1',
  'membership.joined.v1',
  'membership.role-changed.v1',
  'membership.left.v1',
  'api-key.issued.v1',
  'api-key.imported.v1',
  'api-key.invalidated.v1',
  'api-key.reinstated.v1',
  'backend-key.issued.v1',
];
const isEntity = (tag: string): boolean => /^(?:user|org|env|session|key|backendkey)-/.test(tag);

describe('changedNames', () => {
  it.each(cases.map(([event, names]) => [event.type, names, event] as const))('%s changes %j', (_, names, event) => expect(changedNames(event)).toEqual(names));

  it('are those of each entity that the event is tagged with, but for types that are listed and have a case', () => {
    const events = everyEvent();
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual(Object.keys(PERSONAL_FIELDS).sort());
    for (const event of events.filter(({ type }) => !CHANGES_LESS.includes(type))) {
      expect([event.type, changedNames(event).filter(isEntity)]).toEqual([event.type, event.tags.filter(isEntity)]);
    }
    const asked = new Set(cases.map(([{ type }]) => type));
    expect(CHANGES_LESS.filter((type) => !asked.has(type))).toEqual([]);
  });
});

describe('PERSONAL_FIELDS', () => {
  it('misses no field of a profile that names or describes a person or organization', () => {
    const impersonal = new Set(['updatePasswordRequired']);
    expect([...PERSONAL_FIELDS['user.created.v1']].sort()).toEqual(
      [
        'email',
        ...Object.keys(userProfile)
          .filter((field) => !impersonal.has(field))
          .map((field) => `profile.${field}`),
      ].sort(),
    );
    for (const path of PERSONAL_FIELDS['organization.changed.v1']) expect(Object.keys(organizationProfile)).toContain(path.replace('changes.', ''));
  });
  it('never names a tag: what the log is searched by cannot be sealed', () =>
    expect(
      Object.values(PERSONAL_FIELDS)
        .flat()
        .filter((path) => path.endsWith('Tag')),
    ).toEqual([]));
});
