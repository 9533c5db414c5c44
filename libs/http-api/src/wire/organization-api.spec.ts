import { describe, expect, it } from 'vitest';
import { mayManageKeys } from '@app/domain';
import { EXAMPLE_KEY, EXAMPLE_ORGANIZATION, EXAMPLE_USER } from '@app/gateway/reference/openapi/example-records.js';
import { wireMember, wireOrganizationKey, wireOrganizationKeyRow, wireOwnOrganization, wireOwnOrganizationWithAge, wireSuccess } from './organization-api.js';

const CREATED = '2026-01-01T00:00:00.000Z';
const membership = { role: 'Admin', additionalRoles: [], joinedAtMs: EXAMPLE_USER.createdAtMs, active: true, epoch: 0 };
const named = (profile: Partial<typeof EXAMPLE_USER.profile>): string =>
  wireMember({ ...EXAMPLE_USER, profile: { ...EXAMPLE_USER.profile, ...profile } }, membership).user.name;
const planned = (metadata: typeof EXAMPLE_ORGANIZATION.profile.metadata): string =>
  wireOwnOrganization({ ...EXAMPLE_ORGANIZATION, profile: { ...EXAMPLE_ORGANIZATION.profile, metadata } }).plan;

describe('a key of an organization', () => {
  const key = { ...EXAMPLE_KEY, origin: 'organization', tokenPrefix: 'pk_live_a3' } as const;

  it('has ids with a prefix, and times in ISO 8601 with milliseconds', () => {
    expect(wireOrganizationKey({ ...key, expiresAtMs: 4_070_908_800_000 }, 1_767_225_600_001)).toEqual({
      id: `key_${key.keyId}`,
      name: 'ci',
      prefix: 'pk_live_a3',
      createdAt: CREATED,
      expiresAt: '2099-01-01T00:00:00.000Z',
      lastUsedAt: '2026-01-01T00:00:00.001Z',
    });
  });

  it('is active in a list until it is revoked or expires', () => {
    const row = { key, archived: false, endedAtMs: null, lastUsedAtMs: null };
    expect(wireOrganizationKeyRow(row)).toEqual({ ...wireOrganizationKey(key, null), isActive: true });
    expect(Object.keys(wireOrganizationKeyRow(row))).toEqual(['id', 'name', 'prefix', 'isActive', 'createdAt', 'expiresAt', 'lastUsedAt']);
    expect(wireOrganizationKeyRow({ ...row, archived: true, endedAtMs: 1 }).isActive).toBe(false);
  });

  it.each([
    ['backend', false, 'acme_00112', 'acme_00112'],
    ['backend', false, null, '0011223344'],
    ['frontend', false, null, '0011223344'],
    ['backend', true, null, ''],
    ['organization', false, null, ''],
  ] as const)('of the %s API, imported: %s, stored prefix %s, shows %j', (origin, imported, tokenPrefix, shown) => {
    expect(wireOrganizationKey({ ...key, origin, imported, tokenPrefix }, null).prefix).toBe(shown);
  });

  it('without a name has an empty one', () => expect(wireOrganizationKey({ ...key, displayName: null }, null).name).toBe(''));
});

describe('a member', () => {
  it('has the fields that an organization’s server gets, and no others', () => {
    expect(wireMember(EXAMPLE_USER, membership)).toEqual({
      user: { id: 'usr_0f6b2c1e5a774c0d9b1e3d2f8a9c4e10', name: 'Ada Lovelace', email: 'ada@example.test', role: 'user', isEmailVerified: true },
      membership: { role: 'org_admin', status: 'active', joinedAt: CREATED },
    });
  });

  it.each([
    [{ firstName: 'Ada', lastName: null }, 'Ada'],
    [{ firstName: '', lastName: 'Lovelace' }, 'Lovelace'],
    [{ firstName: null, lastName: null }, 'ada'],
    [{ firstName: null, lastName: null, username: null }, ''],
  ])('with the profile %j is called %j', (profile, name) => expect(named(profile)).toBe(name));

  it.each([
    ['Owner', 'org_admin'],
    ['Admin', 'org_admin'],
    ['Member', 'member'],
    ['Auditor', 'member'],
  ])('with the role %s is %s', (role, shown) => {
    expect(wireMember(EXAMPLE_USER, { ...membership, role }).membership.role).toBe(shown);
  });

  it.each([
    ['Owner', [], true],
    ['Admin', [], true],
    ['Member', [], false],
    ['Auditor', [], false],
    ['Member', ['Auditor'], false],
    ['Member', ['Admin'], true],
    ['Owner', ['Member'], true],
  ] as const)('with the role %s and additional roles %j may manage keys: %s', (role, additionalRoles, may) =>
    expect(mayManageKeys({ role, additionalRoles })).toBe(may),
  );
});

describe('an organization', () => {
  const shown = { id: 'org_7c1d9a5288e44f3a8a6b1e2d3c4b5a69', name: 'Blue Fig', slug: 'blue-fig', plan: 'pro', status: 'active' };
  it('has its time of creation only when it is fetched', () => {
    expect([wireOwnOrganization(EXAMPLE_ORGANIZATION), wireOwnOrganizationWithAge(EXAMPLE_ORGANIZATION)]).toEqual([shown, { ...shown, createdAt: CREATED }]);
  });
  it.each([
    [{ plan: 'pro' }, 'pro'],
    [{}, 'free'],
    [{ plan: '' }, 'free'],
    [{ plan: null }, 'free'],
    [{ plan: ['pro'] }, 'free'],
  ])('with the metadata %j has the plan %s', (metadata, plan) => expect(planned(metadata)).toBe(plan));
});

it('every success is in one envelope', () => expect(wireSuccess({ valid: false })).toEqual({ status: 'success', data: { valid: false } }));
