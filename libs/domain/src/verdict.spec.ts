import { describe, expect, it } from 'vitest';
import { START_MS, World } from '@test/support/domain/decider-specification.js';
import { ENV, facts } from '@test/support/domain/fixtures.js';
import { toKeyRecord } from './api-key/record.js';
import { keyKind } from './api-key/state.js';
import { toEnvironmentRecord } from './environment/record.js';
import { nameOf, pointersOf } from './fence-records.js';
import type { DomainEvent } from './log-events.js';
import { toOrganizationRecord } from './organization/record.js';
import { toUserRecord } from './user/record.js';
import { answerUser, keyVerdict, type KeyVerdictRecords } from './verdict.js';

const NOW = START_MS + 3_600_000;

const recordsOf = (...events: readonly DomainEvent[]): KeyVerdictRecords => {
  const world = new World(events);
  const key = world.key('k');
  const environment = world.environment(ENV);
  if (key === null || environment === null) throw new Error('A key and its environment must be given.');
  const { user, organization, creator } = world.principals(key);
  return {
    key: toKeyRecord(key),
    environment: toEnvironmentRecord(environment),
    user: user && toUserRecord(user),
    org: organization && toOrganizationRecord(organization),
    creator: creator && toUserRecord(creator),
    memberOrgs: [],
  };
};

// ada is the key's user, bob its creator; eve is unrelated. Both belong to a second organization as well.
const base = [
  facts.environment(),
  ...['ada', 'bob', 'eve'].map((id) => facts.user(id)),
  facts.organization('o1'),
  facts.organization('o2'),
  ...['ada', 'bob', 'eve'].flatMap((id) => [facts.joined(id, 'o1'), facts.joined(id, 'o2')]),
];
const KEYS = {
  personal: facts.personalKey('k', 'ada'),
  organization: facts.orgKey('k', 'o1', { creatorId: 'bob', creatorEpoch: 0 }),
  'organization + user': facts.orgKey('k', 'o1', { userId: 'ada', memberEpoch: 0, creatorId: 'bob', creatorEpoch: 0 }),
  generic: facts.key('k'),
} as const;
type Kind = keyof typeof KEYS;

const deletedWith = (userId: string, endsOrgKeys: boolean): DomainEvent =>
  facts.userDeleted(userId, {
    endsOrgKeys,
    memberships: [
      { orgId: 'o1', role: 'Member' },
      { orgId: 'o2', role: 'Member' },
    ],
  });
const off = facts.settings({ personalApiKeysEnabled: false, orgApiKeysEnabled: false });

// Rows and columns of the table of kinds (architecture.md); `true` = valid.
const V = true;
const TABLE: readonly [string, readonly DomainEvent[], Readonly<Record<Kind, true | string>>][] = [
  ['nothing happened', [], { personal: V, organization: V, 'organization + user': V, generic: V }],
  ['user blocked', [facts.blocked('ada')], { personal: 'user-blocked', organization: V, 'organization + user': V, generic: V }],
  [
    'user blocked, with the setting',
    [facts.blocked('ada', { suspendsOrgKeys: true })],
    { personal: 'user-blocked', organization: V, 'organization + user': 'user-blocked', generic: V },
  ],
  [
    'creator blocked, with the setting',
    [facts.blocked('bob', { suspendsOrgKeys: true })],
    { personal: V, organization: V, 'organization + user': V, generic: V },
  ],
  [
    'user unblocked',
    [facts.blocked('ada', { suspendsOrgKeys: true }), facts.unblocked('ada')],
    { personal: 'user-epoch', organization: V, 'organization + user': V, generic: V },
  ],
  [
    'user unblocked with reinstate',
    [facts.blocked('ada', { suspendsOrgKeys: true }), facts.unblocked('ada', { reinstate: true })],
    { personal: V, organization: V, 'organization + user': V, generic: V },
  ],
  ['user deleted', [deletedWith('ada', false)], { personal: 'user-deleted', organization: V, 'organization + user': V, generic: V }],
  [
    'user deleted, with the setting',
    [deletedWith('ada', true)],
    { personal: 'user-deleted', organization: V, 'organization + user': 'member-epoch', generic: V },
  ],
  [
    'suspended user deleted',
    [facts.blocked('ada', { suspendsOrgKeys: true }), deletedWith('ada', false)],
    { personal: 'user-deleted', organization: V, 'organization + user': 'user-blocked', generic: V },
  ],
  ['user left', [facts.left('ada', 'o1')], { personal: V, organization: V, 'organization + user': V, generic: V }],
  [
    'user left, with the setting',
    [facts.left('ada', 'o1', { endsKeys: true })],
    { personal: V, organization: V, 'organization + user': 'member-epoch', generic: V },
  ],
  [
    'user left with the setting and came back',
    [facts.left('ada', 'o1', { endsKeys: true }), facts.joined('ada', 'o1')],
    { personal: V, organization: V, 'organization + user': 'member-epoch', generic: V },
  ],
  [
    'user left another organization, with the setting',
    [facts.left('ada', 'o2', { endsKeys: true })],
    { personal: V, organization: V, 'organization + user': V, generic: V },
  ],
  ['creator left', [facts.left('bob', 'o1')], { personal: V, organization: V, 'organization + user': V, generic: V }],
  [
    'creator left, with the setting',
    [facts.left('bob', 'o1', { endsKeys: true })],
    { personal: V, organization: 'creator-epoch', 'organization + user': 'creator-epoch', generic: V },
  ],
  [
    'creator left with the setting and came back',
    [facts.left('bob', 'o1', { endsKeys: true }), facts.joined('bob', 'o1')],
    { personal: V, organization: 'creator-epoch', 'organization + user': 'creator-epoch', generic: V },
  ],
  ['creator deleted', [deletedWith('bob', false)], { personal: V, organization: V, 'organization + user': V, generic: V }],
  [
    'creator deleted, with the setting',
    [deletedWith('bob', true)],
    { personal: V, organization: 'creator-epoch', 'organization + user': 'creator-epoch', generic: V },
  ],
  [
    'creator left, then deleted with the setting',
    [facts.left('bob', 'o1'), deletedWith('bob', true)],
    { personal: V, organization: 'creator-epoch', 'organization + user': 'creator-epoch', generic: V },
  ],
  [
    'an unrelated user left and was deleted, with the setting',
    [facts.left('eve', 'o1', { endsKeys: true }), deletedWith('eve', true)],
    { personal: V, organization: V, 'organization + user': V, generic: V },
  ],
  ['organization deleted', [facts.organizationDeleted('o1')], { personal: V, organization: 'org-deleted', 'organization + user': 'org-deleted', generic: V }],
  ['another organization deleted', [facts.organizationDeleted('o2')], { personal: V, organization: V, 'organization + user': V, generic: V }],
  ['kinds disabled', [off], { personal: 'kind-disabled', organization: 'kind-disabled', 'organization + user': 'kind-disabled', generic: V }],
  [
    'personal keys disabled',
    [facts.settings({ personalApiKeysEnabled: false })],
    { personal: 'kind-disabled', organization: V, 'organization + user': V, generic: V },
  ],
  [
    'organization keys disabled',
    [facts.settings({ orgApiKeysEnabled: false })],
    { personal: V, organization: 'kind-disabled', 'organization + user': 'kind-disabled', generic: V },
  ],
  [
    'kinds disabled and enabled again',
    [off, facts.settings({ personalApiKeysEnabled: true, orgApiKeysEnabled: true })],
    { personal: V, organization: V, 'organization + user': V, generic: V },
  ],
  ['revoked', [facts.revoked('k')], { personal: 'revoked', organization: 'revoked', 'organization + user': 'revoked', generic: 'revoked' }],
  [
    'expired',
    [{ type: 'api-key.expiry-changed.v1', tags: ['key-k'], data: { keyId: 'k', expiresAtMs: NOW } }],
    { personal: 'expired', organization: 'expired', 'organization + user': 'expired', generic: 'expired' },
  ],
  [
    'expires one millisecond later',
    [{ type: 'api-key.expiry-changed.v1', tags: ['key-k'], data: { keyId: 'k', expiresAtMs: NOW + 1 } }],
    { personal: V, organization: V, 'organization + user': V, generic: V },
  ],
  // A denial for good must not be hidden by one that a switch takes back.
  [
    'organization deleted, kinds disabled',
    [facts.organizationDeleted('o1'), off],
    { personal: 'kind-disabled', organization: 'org-deleted', 'organization + user': 'org-deleted', generic: V },
  ],
  [
    'user deleted with the setting, kinds disabled',
    [deletedWith('ada', true), off],
    { personal: 'user-deleted', organization: 'kind-disabled', 'organization + user': 'member-epoch', generic: V },
  ],
];

describe('the table of kinds', () => {
  const cells = TABLE.flatMap(([row, events, expected]) => (Object.keys(KEYS) as Kind[]).map((kind) => [row, kind, expected[kind], events] as const));

  it.each(cells)('%s: %s key → %s', (_, kind, expected, events) => {
    const verdict = keyVerdict(recordsOf(...base, KEYS[kind], ...events), NOW);
    expect(verdict).toEqual(expected === true ? { valid: true } : { valid: false, reason: expected });
  });

  it('bookkeeping of the cascade decides nothing', () => {
    const invalidated: DomainEvent = { type: 'api-key.invalidated.v1', tags: ['key-k'], data: { keyId: 'k', cause: 'user.blocked', causePos: 3 } };
    expect(keyVerdict(recordsOf(...base, KEYS.personal, invalidated), NOW)).toEqual({ valid: true });
  });

  it.each<[Kind, 'user' | 'org' | 'creator']>([
    ['personal', 'user'],
    ['organization', 'org'],
    ['organization', 'creator'],
    ['organization + user', 'user'],
    ['organization + user', 'org'],
    ['organization + user', 'creator'],
  ])('a %s key without its %s is never valid', (kind, missing) => {
    const verdict = keyVerdict({ ...recordsOf(...base, KEYS[kind]), [missing]: null }, NOW);
    expect(verdict).toEqual({ valid: false, reason: 'unknown' });
  });

  it('an organization key whose user has no such membership is never valid', () => {
    const records = recordsOf(...base.filter(({ type }) => type !== 'membership.joined.v1'), KEYS['organization + user']);
    expect(keyVerdict(records, NOW)).toEqual({ valid: false, reason: 'member-epoch' });
  });

  it('an id that is a method of Object finds no membership', () => {
    const key = facts.orgKey('k', 'constructor', { userId: 'ada', memberEpoch: null, creatorId: null });
    expect(keyVerdict(recordsOf(...base, facts.organization('constructor'), key), NOW)).toEqual({ valid: false, reason: 'member-epoch' });
  });
});

describe('answerUser', () => {
  it.each<[string, Kind, readonly DomainEvent[], string | null]>([
    ['the user of a personal key', 'personal', [], 'ada'],
    ['no user for an organization key', 'organization', [], null],
    ['no user for a generic key', 'generic', [], null],
    ['the user of an organization key', 'organization + user', [], 'ada'],
    ['a blocked user whose block spares the key', 'organization + user', [facts.blocked('ada')], 'ada'],
    ['the user who left, without a membership', 'organization + user', [facts.left('ada', 'o1')], 'ada'],
    ['the user who came back', 'organization + user', [facts.left('ada', 'o1'), facts.joined('ada', 'o1')], 'ada'],
    ['the user who left another organization', 'organization + user', [facts.left('ada', 'o2')], 'ada'],
    ['no user once the user was deleted', 'organization + user', [deletedWith('ada', false)], null],
  ])('shows %s', (_, kind, events, expected) => expect(answerUser(recordsOf(...base, KEYS[kind], ...events))?.userId ?? null).toBe(expected));
});

describe('answerDependencies', () => {
  /** As the fence reads them: the key, what it points at, and what the user who is shown points at. */
  const answerDependencies = (records: KeyVerdictRecords): readonly string[] => {
    const shown = answerUser(records);
    return [...new Set([nameOf(records.key), ...pointersOf(records.key), ...(shown === null ? [] : pointersOf(shown))])];
  };

  it.each<[Kind, readonly DomainEvent[], readonly string[]]>([
    ['generic', [], ['env-e1', 'key-k']],
    ['personal', [], ['env-e1', 'key-k', 'org-o1', 'org-o2', 'user-ada']],
    ['organization', [], ['env-e1', 'key-k', 'org-o1', 'user-bob']],
    ['organization + user', [], ['env-e1', 'key-k', 'org-o1', 'org-o2', 'user-ada', 'user-bob']],
    ['organization + user', [facts.left('ada', 'o1')], ['env-e1', 'key-k', 'org-o1', 'org-o2', 'user-ada', 'user-bob']],
  ])('of a %s key are all records that it was made from, each once', (kind, events, expected) =>
    expect([...answerDependencies(recordsOf(...base, KEYS[kind], ...events))].sort()).toEqual(expected),
  );
});

it('keyKind: the organization decides before the user', () => {
  expect([
    keyKind({ userId: null, orgId: null }),
    keyKind({ userId: 'u', orgId: null }),
    keyKind({ userId: null, orgId: 'o' }),
    keyKind({ userId: 'u', orgId: 'o' }),
  ]).toEqual(['generic', 'personal', 'organization', 'organization']);
});
