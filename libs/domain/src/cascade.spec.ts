import { describe, expect, it } from 'vitest';
import { World } from '@test/support/domain/decider-specification.js';
import { facts } from '@test/support/domain/fixtures.js';
import type { KeyGrant } from './api-key/events.js';
import type { ApiKeyState } from './api-key/state.js';
import { causeOf, isAffectedBy, principalsOf } from './cascade.js';
import type { DomainEvent } from './log-events.js';

const P = { pos: 50, at: 50_000 };
const key = (over: Partial<KeyGrant & ApiKeyState>): ApiKeyState => {
  const state = new World([facts.key('k')]).key('k');
  if (state === null) throw new Error('There is a key.');
  return { ...state, ...over };
};
const personal = key({ userId: 'ada', userEpoch: 1 });
const ofUser = key({ orgId: 'o1', userId: 'ada', memberEpoch: 2 });
const byCreator = key({ orgId: 'o1', creatorId: 'ada', creatorEpoch: 2 });
const ofOrg = key({ orgId: 'o1' });
const generic = key({});
const all = { personal, ofUser, byCreator, ofOrg, generic };

const ended = (event: DomainEvent, keys: Readonly<Record<string, ApiKeyState>> = all): readonly string[] => {
  const cause = causeOf(event, P);
  if (cause === null) return ['no cause'];
  return Object.entries(keys).flatMap(([name, state]) => (isAffectedBy(cause, state) ? [name] : []));
};

describe('which keys a cause ends', () => {
  it.each<[string, DomainEvent, readonly string[]]>([
    ['a block: personal keys', facts.blocked('ada', { epoch: 1 }), ['personal']],
    ['a block that suspends: organization keys of the user too', facts.blocked('ada', { epoch: 1, suspendsOrgKeys: true }), ['personal', 'ofUser']],
    ['a block in another epoch: none', facts.blocked('ada', { epoch: 2 }), []],
    ['a block of another user: no causes', facts.blocked('bob', { epoch: 1, suspendsOrgKeys: true }), []],
    ['an unblock without reinstatement: nothing comes back', facts.unblocked('ada', { epoch: 1, blockedPos: 40 }), ['no cause']],
    ['an unblock with reinstatement: personal keys', facts.unblocked('ada', { epoch: 1, blockedPos: 40, reinstate: true }), ['personal']],
    ['an unblock of suspended keys: they always come back', facts.unblocked('ada', { epoch: 1, blockedPos: 40, suspendedOrgKeys: true }), ['ofUser']],
    ['a deletion: personal keys', facts.userDeleted('ada', { epoch: 1 }), ['personal']],
    [
      'a deletion with the setting: all keys of the memberships’ epochs',
      facts.userDeleted('ada', { epoch: 1, endsOrgKeys: true, memberEpochs: { o1: 2 } }),
      ['personal', 'ofUser', 'byCreator'],
    ],
    [
      'a deletion with the setting: not those of earlier epochs',
      facts.userDeleted('ada', { epoch: 1, endsOrgKeys: true, memberEpochs: { o1: 3 } }),
      ['personal'],
    ],
    [
      'a deletion with the setting: not those of other organizations',
      facts.userDeleted('ada', { epoch: 1, endsOrgKeys: true, memberEpochs: { o2: 2 } }),
      ['personal'],
    ],
    ['leaving: none', facts.left('ada', 'o1', { epoch: 2 }), ['no cause']],
    ['leaving with the setting: keys of the user and of the creator', facts.left('ada', 'o1', { epoch: 2, endsKeys: true }), ['ofUser', 'byCreator']],
    ['leaving with the setting: not those of an earlier epoch', facts.left('ada', 'o1', { epoch: 3, endsKeys: true }), []],
    ['leaving another organization: none', facts.left('ada', 'o2', { epoch: 2, endsKeys: true }), []],
    ['the end of the organization: all its keys', facts.organizationDeleted('o1'), ['ofUser', 'byCreator', 'ofOrg']],
    ['the end of another organization: none', facts.organizationDeleted('o2'), []],
    ['anything else is not a cause', facts.revoked('k'), ['no cause']],
  ])('%s', (_, event, expected) => expect(ended(event)).toEqual(expected));

  it('only keys issued before it', () =>
    expect(
      ended(facts.organizationDeleted('o1'), {
        before: { ...ofOrg, issuedPos: 49 },
        same: { ...ofOrg, issuedPos: 50 },
        after: { ...ofOrg, issuedPos: 51 },
      }),
    ).toEqual(['before']));

  it('an unblock gives back only keys issued before the block', () =>
    expect(
      ended(facts.unblocked('ada', { epoch: 1, blockedPos: 40, reinstate: true }), {
        before: { ...personal, issuedPos: 39 },
        between: { ...personal, issuedPos: 45 },
      }),
    ).toEqual(['before']));

  it('not keys revoked before it; a later revocation changes nothing', () =>
    expect(ended(facts.organizationDeleted('o1'), { before: { ...ofOrg, revokedPos: 49 }, after: { ...ofOrg, revokedPos: 51 } })).toEqual(['after']));

  it('not keys that had expired by then', () =>
    expect(ended(facts.organizationDeleted('o1'), { expired: { ...ofOrg, expiresAtMs: 50_000 }, alive: { ...ofOrg, expiresAtMs: 50_001 } })).toEqual([
      'alive',
    ]));

  it('an answer does not depend on what the cascade has done already', () =>
    expect(ended(facts.organizationDeleted('o1'), { done: { ...ofOrg, invalidatedBy: [50] } })).toEqual(['done']));

  it('an id that is a method of Object is not a membership', () =>
    expect(ended(facts.userDeleted('ada', { epoch: 9, endsOrgKeys: true, memberEpochs: {} }), { odd: { ...ofUser, orgId: 'constructor' } })).toEqual([]));
});

it('a cause says where it stands, whose keys to look through and under which name it is recorded', () => {
  const causes = [
    facts.blocked('ada'),
    facts.unblocked('ada', { reinstate: true }),
    facts.userDeleted('ada'),
    facts.userDeleted('ada', { endsOrgKeys: true }),
    facts.left('ada', 'o1', { endsKeys: true }),
    facts.organizationDeleted('o1'),
  ]
    .map((event) => causeOf(event, P))
    .filter((cause) => cause !== null);
  expect(causes.every(({ pos, at }) => pos === P.pos && at === P.at)).toBe(true);
  expect(causes.map(({ kind }) => kind)).toEqual(['user.blocked', 'user.unblocked', 'user.deleted', 'user.deleted', 'membership.left', 'organization.deleted']);
  expect(causes.map(principalsOf)).toEqual([
    [{ userId: 'ada' }],
    [{ userId: 'ada' }],
    [{ userId: 'ada' }],
    [{ userId: 'ada' }, { creatorId: 'ada' }],
    [{ userId: 'ada' }, { creatorId: 'ada' }],
    [{ orgId: 'o1' }],
  ]);
});
