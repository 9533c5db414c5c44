import { describe, expect, it } from 'vitest';
import type { EnvironmentRecord, KeyRecord, KeyVerdictRecords, OrganizationRecord, UserRecord } from '@app/domain';
import { defaultSettings } from '@app/domain';
import {
  toSnakeCase,
  wireApiKey,
  wireFieldErrors,
  wireMembership,
  wireOrganization,
  wireOrganizationRow,
  wirePage,
  wireUser,
  wireUserInOrg,
  wireValidation,
} from '../index.js';

const NOW_MS = Date.UTC(2026, 0, 31);

// What each client fails on: /specs propelauth-clients, section 1. A row is: field, strictest client, what it accepts.
type Rule = (value: unknown) => boolean;
type Row = readonly [field: string, client: string, rule: Rule];

const text: Rule = (value) => typeof value === 'string' && value !== '';
const flag: Rule = (value) => typeof value === 'boolean';
const int64: Rule = (value) => Number.isSafeInteger(value);
const int32: Rule = (value) => Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_647;
const uuid: Rule = (value) => typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value);
const object: Rule = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const texts: Rule = (value) => Array.isArray(value) && value.every((item) => typeof item === 'string');
const array: Rule = Array.isArray;
const orNull =
  (rule: Rule): Rule =>
  (value) =>
    value === null || rule(value);
const orAbsent =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined || rule(value);

const follows = (what: string, made: Readonly<Record<string, object>>, rows: readonly Row[]): void => {
  describe(what, () => {
    for (const [name, value] of Object.entries(made)) {
      // Through JSON, as it is sent: an undefined field is absent.
      const sent = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
      it.each(rows)(`${name}: %s satisfies %s`, (field, _client, rule) => {
        expect(rule(sent[field]), `${field} is ${JSON.stringify(sent[field])}`).toBe(true);
      });
    }
  });
};

const USER_ID = '0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10';
const ORG_ID = '7c1d9a52-88e4-4f3a-8a6b-1e2d3c4b5a69';
const LEFT_ORG_ID = '11111111-88e4-4f3a-8a6b-1e2d3c4b5a69';
const KEY_ID = '00112233445566778899aabbccddeeff';

const bareOrg: OrganizationRecord = {
  kind: 'org',
  orgId: ORG_ID,
  environmentId: 'e',
  createdAtMs: 1_700_000_000_999,
  slug: 'blue-fig-1',
  deleted: false,
  profile: {
    name: 'Blue Fig',
    domain: null,
    extraDomains: [],
    autojoinByDomain: false,
    restrictToDomain: false,
    maxUsers: null,
    legacyOrgId: null,
    customRoleMappingName: null,
    metadata: {},
    canSetupSaml: false,
    passwordRotationEnabled: false,
    passwordRotationHistorySize: 0,
    passwordRotationPeriodDays: 0,
    require2faByMs: null,
  },
};
const fullOrg: OrganizationRecord = {
  ...bareOrg,
  profile: {
    ...bareOrg.profile,
    domain: 'a.test',
    extraDomains: ['b.test'],
    autojoinByDomain: true,
    restrictToDomain: true,
    maxUsers: 5,
    legacyOrgId: 'l',
    customRoleMappingName: 'c',
    metadata: { tier: 'gold' },
    canSetupSaml: true,
    passwordRotationEnabled: true,
    passwordRotationHistorySize: 3,
    passwordRotationPeriodDays: 90,
  },
};
const active = { role: 'Admin', additionalRoles: [], joinedAtMs: 0, active: true, epoch: 1 };
const bareUser: UserRecord = {
  kind: 'user',
  userId: USER_ID,
  environmentId: 'e',
  createdAtMs: 1_700_000_000_999,
  lastActiveAtMs: 1_700_000_500_001,
  email: 'k@example.test',
  emailConfirmed: false,
  hasPassword: false,
  canCreateOrgs: false,
  blocked: false,
  suspendsOrgKeys: false,
  lockedUntilMs: null,
  sessionEpoch: 0,
  deleted: false,
  epoch: 0,
  profile: {
    username: null,
    firstName: null,
    lastName: null,
    pictureUrl: null,
    legacyUserId: null,
    metadata: null,
    properties: {},
    updatePasswordRequired: false,
  },
  memberships: { [ORG_ID]: active, [LEFT_ORG_ID]: { ...active, active: false } },
};
const fullUser: UserRecord = {
  ...bareUser,
  emailConfirmed: true,
  hasPassword: true,
  canCreateOrgs: true,
  blocked: true,
  profile: {
    username: 'u',
    firstName: 'f',
    lastName: 'l',
    pictureUrl: 'p',
    legacyUserId: 'x',
    metadata: { a: 1 },
    properties: { b: 2 },
    updatePasswordRequired: true,
  },
};
const bareKey: KeyRecord = {
  kind: 'key',
  keyId: KEY_ID,
  environmentId: 'e',
  origin: 'backend',
  imported: false,
  tokenPrefix: null,
  userId: null,
  orgId: null,
  creatorId: null,
  userEpoch: null,
  memberEpoch: null,
  creatorEpoch: null,
  createdAtMs: 1_700_000_000_999,
  expiresAtMs: null,
  metadata: null,
  displayName: null,
  revoked: false,
};
const fullKey: KeyRecord = { ...bareKey, userId: USER_ID, orgId: ORG_ID, expiresAtMs: 253_402_300_799_000, metadata: { scope: ['a'] }, displayName: 'd' };

const environment: EnvironmentRecord = {
  kind: 'env',
  environmentId: 'e',
  name: 'n',
  publicKeyPem: 'p',
  previousAuthUrls: [],
  signingKeys: [{ keyId: 'e', publicKeyPem: 'p', activatedAtMs: 0, retiredAtMs: null }],
  settings: defaultSettings('https://auth.example.test'),
};
const recordsOf = (more: Partial<KeyVerdictRecords>): KeyVerdictRecords => ({
  key: bareKey,
  environment,
  user: null,
  org: null,
  creator: null,
  memberOrgs: [],
  ...more,
});
const generic = wireValidation(recordsOf({}), null, NOW_MS);
const personal = wireValidation(recordsOf({ key: { ...bareKey, userId: USER_ID }, user: bareUser, memberOrgs: [bareOrg] }), bareUser, NOW_MS);
const ofOrg = wireValidation(recordsOf({ key: { ...bareKey, orgId: ORG_ID }, org: bareOrg }), null, NOW_MS);
const ofBoth = wireValidation(recordsOf({ key: fullKey, user: fullUser, org: fullOrg, memberOrgs: [fullOrg] }), fullUser, NOW_MS);

const USER_ROWS: readonly Row[] = [
  ['user_id', 'Rust, Go and Python', uuid],
  ['email', 'Rust', text],
  ...['email_confirmed', 'has_password', 'locked', 'enabled', 'mfa_enabled'].map((field): Row => [field, 'Rust', flag]),
  ['created_at', 'Rust and Go', int64],
  ['last_active_at', 'Rust and Go', int64],
  ...['username', 'first_name', 'last_name', 'picture_url', 'legacy_user_id'].map((field): Row => [
    field,
    'Rust and Go, and is absent while unset',
    orAbsent(text),
  ]),
  ['metadata', 'Rust and Go', orNull(object)],
  ['properties', 'Rust and Go', object],
  ['org_id_to_org_info', 'Go, Rust and Python', orAbsent((value) => object(value) && Object.keys(value as object).every(uuid))],
  ['can_create_orgs', 'all', flag],
  ['can_create_org', 'Go', flag],
  ['update_password_required', 'all', flag],
];
const MEMBERSHIP_ROWS: readonly Row[] = [
  ['org_id', 'Rust, Python and Go', uuid],
  ['org_name', 'Rust and Python', text],
  ['user_role', 'Rust and Python', text],
  ['org_metadata', 'Rust and Python', object],
  ['url_safe_org_name', 'Python and Rust', text],
  ['org_role_structure', 'Rust', (value) => value === 'single_role_in_hierarchy'],
  ['inherited_user_roles_plus_current_role', 'Rust and Python', texts],
  ['user_permissions', 'Rust and Python', texts],
  ['additional_roles', 'Rust', texts],
  ['legacy_org_id', 'all', orNull(text)],
];

follows('key object', { bare: wireApiKey(bareKey), full: wireApiKey(fullKey) }, [
  ['api_key_id', 'Rust', text],
  ['created_at', 'Rust', int32],
  ['expires_at_seconds', 'Rust and Go', orNull(int64)],
  ['metadata', 'Go', orNull(object)],
  ['user_id', 'Go', orNull(uuid)],
  ['org_id', 'Go', orNull(uuid)],
  ['display_name', 'Rust and Go', orNull(text)],
]);
for (const name of ['api_keys', 'users', 'orgs'] as const) {
  follows(`page of ${name}`, { empty: wirePage(name, [], 0, { page_number: 0, page_size: 10 }) }, [
    [name, 'Rust and Python', array],
    [`total_${name}`, 'Rust', int64],
    ['current_page', 'Rust', int64],
    ['page_size', 'Rust', int64],
    ['has_more_results', 'Rust', flag],
  ]);
}
follows('validation', { generic, personal, ofOrg, ofBoth }, [
  ['metadata', 'Go', orNull(object)],
  ['user', 'Rust', orNull(object)],
  ['org', 'Rust and Go', orNull((value) => object(value) && Object.keys(value as object).length > 0)],
  ['user_in_org', 'Rust', orNull(object)],
  ['user_id', 'Rust', orNull(uuid)],
  ['org_id', 'Rust', orNull(uuid)],
]);
follows('organization in a validation', { bare: ofOrg.org ?? {}, full: ofBoth.org ?? {} }, [
  ['org_id', 'Rust and Go', uuid],
  ['org_name', 'Rust', text],
  ['name', 'the types of Node', text],
  ['can_setup_saml', 'Rust', flag],
  ['metadata', 'Rust', object],
  ['max_users', 'Rust', orNull(int32)],
  ['is_saml_configured', 'Python', flag],
]);
follows('user object', { bare: wireUser(bareUser, null, NOW_MS), full: wireUser(fullUser, [fullOrg], NOW_MS), validated: personal.user ?? {} }, USER_ROWS);
follows(
  'row of users in an organization',
  { bare: wireUserInOrg(bareUser, null, ORG_ID, NOW_MS), 'of a user who just left': wireUserInOrg(bareUser, null, LEFT_ORG_ID, NOW_MS) },
  [...USER_ROWS, ['role_in_org', 'Rust', (value) => typeof value === 'string'], ['additional_roles_in_org', 'Rust', texts]],
);
follows(
  'membership',
  { bare: wireMembership(bareOrg, active), full: wireMembership(fullOrg, { ...active, role: 'Owner' }), validated: ofBoth.user_in_org ?? {} },
  MEMBERSHIP_ROWS,
);
follows('organization', { bare: wireOrganization(bareOrg), full: wireOrganization(fullOrg) }, [
  ['org_id', 'Rust and Go', uuid],
  ['name', 'Rust', text],
  ['org_name', 'Go', text],
  ['url_safe_org_slug', 'Rust', text],
  ...['can_setup_saml', 'is_saml_configured', 'is_saml_in_test_mode', 'domain_autojoin', 'domain_restrict', 'password_rotation_enabled'].map((field): Row => [
    field,
    'Rust',
    flag,
  ]),
  ['password_rotation_history_size', 'Rust', int32],
  ['password_rotation_period', 'Rust', int32],
  ['extra_domains', 'Rust', texts],
  ['metadata', 'Rust', object],
  ...['domain', 'legacy_org_id', 'custom_role_mapping_name'].map((field): Row => [field, 'Rust and Go', orAbsent(text)]),
  ['max_users', 'Rust', orAbsent(int32)],
]);
follows('row of the organization query', { bare: wireOrganizationRow(bareOrg), full: wireOrganizationRow(fullOrg) }, [
  ['org_id', 'Rust', uuid],
  ['name', 'Rust', text],
  ['org_name', 'Go', text],
  ['is_saml_configured', 'Rust', flag],
  ['created_at', 'Rust', int64],
  ['metadata', 'Rust', object],
]);

describe('responses', () => {
  it('let clients tell the four kinds of key apart by null alone', () => {
    const nulls = ({ user, org, user_in_org, user_id, org_id }: typeof generic) => [user, org, user_in_org, user_id, org_id].map((value) => value !== null);
    expect(nulls(personal)).toEqual([true, false, false, true, false]);
    expect(nulls(ofOrg)).toEqual([false, true, false, false, true]);
    expect(nulls(ofBoth)).toEqual([true, true, true, true, true]);
    expect(nulls(generic)).toEqual([false, false, false, false, false]);
  });

  it('do not name the user of an organization key that outlived that user', () => {
    const answer = wireValidation(recordsOf({ key: fullKey, user: { ...fullUser, deleted: true }, org: fullOrg }), null, NOW_MS);
    expect(answer).toMatchObject({ user: null, user_in_org: null, user_id: null, org_id: ORG_ID });
  });

  it('give a validated user its memberships, without former ones and those of deleted organizations', () => {
    expect(Object.keys(personal.user?.org_id_to_org_info ?? {})).toEqual([ORG_ID]);
    const orgs = [bareOrg, { ...bareOrg, orgId: LEFT_ORG_ID }];
    expect(Object.keys(wireUser(bareUser, orgs, NOW_MS).org_id_to_org_info ?? {})).toEqual([ORG_ID]);
    expect(wireUser(bareUser, [{ ...bareOrg, deleted: true }], NOW_MS).org_id_to_org_info).toEqual({});
    expect(wireUser(bareUser, null, NOW_MS)).not.toHaveProperty('org_id_to_org_info');
  });

  it('round times down to whole seconds', () => {
    expect(wireApiKey(fullKey)).toMatchObject({ created_at: 1_700_000_000, expires_at_seconds: 253_402_300_799 });
  });

  it('show a blocked user as not enabled', () => {
    expect([wireUser(bareUser, null, NOW_MS).enabled, wireUser(fullUser, null, NOW_MS).enabled]).toEqual([true, false]);
  });

  it('list inherited roles, and the URL-safe name that the Node client computes from the name', () => {
    expect(wireMembership(bareOrg, active)).toMatchObject({ inherited_user_roles_plus_current_role: ['Admin', 'Member'], url_safe_org_name: 'blue-fig' });
    expect(wireMembership(bareOrg, { ...active, role: 'Member' }).user_permissions).toEqual([]);
  });

  it('say whether another page follows', () => {
    const more = (page_number: number, total: number) => wirePage('users', [], total, { page_number, page_size: 10 })['has_more_results'];
    expect([more(0, 10), more(0, 11), more(1, 20), more(1, 21)]).toEqual([false, true, false, true]);
  });

  it('spell field names with underscores', () => {
    expect(['expiresAtSeconds', 'importedApiKey', 'role', 'user_id', 'new_email'].map(toSnakeCase)).toEqual([
      'expires_at_seconds',
      'imported_api_key',
      'role',
      'user_id',
      'new_email',
    ]);
    expect(wireFieldErrors({ orgId: ['a', 'b'] })).toEqual({ org_id: ['a', 'b'] });
  });
});
