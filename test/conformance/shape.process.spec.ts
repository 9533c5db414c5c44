import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, BackendApi, isObject, textAt } from '@test/support/clients/backend-api.js';
import { testedModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import * as shapes from './shape-tables.js';
import { type Samples, takeSamples } from './shape-samples.js';

type Group = Exclude<keyof Samples, 'others'>;

const GROUPS: readonly (readonly [Group, string, shapes.Shape])[] = [
  ['createdKeys', 'a created key', shapes.CREATED_KEY],
  ['keys', 'a key', shapes.KEY],
  ['keyPages', 'a page of keys', shapes.KEY_PAGE],
  ['validations', 'a validation', shapes.VALIDATION],
  ['users', 'a user', shapes.USER],
  ['usersWithOrgs', 'a user with organizations', shapes.USER_WITH_ORGS],
  ['usersInOrg', 'a user in an organization', { ...shapes.USER_IN_ORG, org_id_to_org_info: { is: 'object', unset: 'never' } }],
  ['usersByUsername', 'a user by username', shapes.USER_BY_USERNAME],
  ['userPages', 'a page of users', shapes.USER_PAGE],
  ['memberships', 'a membership', shapes.MEMBERSHIP],
  ['orgs', 'an organization', shapes.ORG],
  ['orgRows', 'an organization in a list', shapes.ORG_ROW],
  ['orgPages', 'a page of organizations', shapes.ORG_PAGE],
  ['claims', 'an access token', shapes.CLAIMS],
];
const ROWS = GROUPS.flatMap(([group, what, shape]) => Object.entries(shape).map(([field, rule]) => ({ group, what, field, rule })));

const KINDS: readonly (readonly [string, readonly string[]])[] = [
  ['validated personal key', ['user', 'user_id']],
  ['validated organization key', ['org', 'org_id']],
  ['validated bare organization key', ['org', 'org_id']],
  ['validated organization and user key', ['user', 'org', 'user_in_org', 'user_id', 'org_id']],
  ['validated imported key', ['user', 'org', 'user_in_org', 'user_id', 'org_id']],
  ['validated generic key', []],
];

describe.each(testedModes)('every field of every answer is what the strictest client needs, $name', ({ start }) => {
  let server: TestedServer | undefined;
  let samples: Samples;
  beforeAll(async () => {
    server = await start();
    samples = await takeSamples(BackendApi.of(server));
  });
  afterAll(() => server?.remove());

  const complaints = (found: Readonly<Record<string, unknown>>, field: string, rule: shapes.FieldRule): string[] =>
    Object.entries(found).flatMap(([name, value]) => {
      const complaint = isObject(value) ? shapes.complaintAbout(field, rule, value) : 'is not an object';
      return complaint === null ? [] : [`${name}: ${complaint}`];
    });

  it.each(ROWS)('$what has $field: $rule.is, $rule.unset unset', ({ group, field, rule }) => {
    expect(Object.keys(samples[group]).length).toBeGreaterThan(0);
    expect(complaints(samples[group], field, rule)).toEqual([]);
  });

  it.each(KINDS)('a %s has its owners and null for the rest', (name, owners) => {
    const found = samples.validations[name];
    for (const field of ['user', 'org', 'user_in_org', 'user_id', 'org_id']) {
      expect([field, at(found, field) !== null]).toEqual([field, owners.includes(field)]);
    }
  });

  it.each(Object.entries(shapes.ORG_OF_KEY))('the organization of a validation has %s', (field, rule) => {
    const orgs = Object.entries(samples.validations)
      .map(([name, found]) => [name, at(found, 'org')] as const)
      .filter(([, org]) => org !== null);
    expect(orgs.length).toBe(4);
    expect(complaints(Object.fromEntries(orgs), field, rule)).toEqual([]);
  });

  it.each(Object.entries(shapes.USER_WITH_ORGS))('the user of a validation has %s', (field, rule) => {
    const users = Object.entries(samples.validations)
      .map(([name, found]) => [name, at(found, 'user')] as const)
      .filter(([, user]) => user !== null);
    expect(users.length).toBe(3);
    expect(complaints(Object.fromEntries(users), field, rule)).toEqual([]);
  });

  const OTHERS: readonly (readonly [Exclude<keyof Samples['others'], 'verification'>, shapes.Shape])[] = [
    ['imported', shapes.IMPORTED_KEY],
    ['usage', shapes.USAGE],
    ['user', shapes.CREATED_USER],
    ['org', shapes.CREATED_ORG],
    ['accessToken', shapes.ACCESS_TOKEN],
  ];
  it.each(OTHERS)('the answer %s has its fields', (name, shape) => {
    for (const [field, rule] of Object.entries(shape)) expect(complaints({ [name]: samples.others[name] }, field, rule)).toEqual([]);
  });

  it('an import does not echo the token, a fetch does not show one', () => {
    for (const shown of [samples.others.imported, ...Object.values(samples.keys), ...Object.values(samples.keyPages)]) {
      expect(JSON.stringify(shown)).not.toContain('token');
    }
  });

  it("a created token is bare hex that starts with the key's id", () => {
    for (const made of Object.values(samples.createdKeys)) {
      expect(textAt(made, 'api_key_token')).toMatch(/^[0-9a-f]{96}$/);
      expect(textAt(made, 'api_key_token').startsWith(textAt(made, 'api_key_id'))).toBe(true);
    }
  });

  it('a user asked for without organizations comes without them', () => {
    for (const user of Object.values(samples.users)) expect(at(user, 'org_id_to_org_info') ?? null).toBeNull();
  });

  it('an unset field is null or left out, never an empty text', () => {
    for (const bare of [
      samples.users['fetched bare user'],
      samples.orgs['fetched bare organization'],
      samples.keys['fetched generic key'],
      samples.claims['access token of a bare user'],
    ]) {
      expect(Object.values(isObject(bare) ? bare : {})).not.toContain('');
    }
  });

  it('what was set comes back as it was set', () => {
    expect(samples.orgs['fetched full organization']).toMatchObject({
      max_users: 7,
      domain_autojoin: true,
      domain_restrict: true,
      metadata: { tier: 1 },
      can_setup_saml: true,
      password_rotation_enabled: true,
      password_rotation_history_size: 3,
      password_rotation_period: 90,
      custom_role_mapping_name: 'mapping',
    });
    expect(samples.users['fetched full user']).toMatchObject({
      email_confirmed: true,
      has_password: true,
      can_create_orgs: true,
      can_create_org: true,
      update_password_required: true,
      metadata: { plan: 'pro' },
      first_name: 'Ada',
    });
    expect(samples.orgs['fetched bare organization']).toMatchObject({
      metadata: {},
      extra_domains: [],
      password_rotation_enabled: false,
      password_rotation_history_size: 0,
      password_rotation_period: 0,
      domain_autojoin: false,
    });
  });

  it.each(['verifier_key_pem', 'public_key_pem'])('both verification answers have the same RSA key as %s', (field) => {
    const keys = samples.others.verification.map((answer) => textAt(answer, field));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(createPublicKey(keys[0] ?? '').asymmetricKeyDetails?.modulusLength).toBeGreaterThanOrEqual(2048);
  });

  it('claims that break a client are left out', () => {
    for (const claims of Object.values(samples.claims)) {
      expect(isObject(claims) ? Object.keys(claims) : []).not.toContain('metadata');
      expect(isObject(claims) ? Object.keys(claims) : []).not.toContain('nbf');
      expect(at(claims, 'impersonator_user_id') ?? null).not.toBe('');
      expect(at(claims, 'org_member_info') ?? null).not.toEqual({});
      expect(at(claims, 'login_method')).toEqual({ login_method: 'generated_from_backend_api' });
      expect(textAt(claims, 'iss')).toBe(server?.authUrl);
    }
    const active = samples.claims['access token with an active organization'];
    expect(at(active, 'org_id_to_org_member_info') ?? null).toBeNull();
    expect(at(samples.claims['access token'], 'org_member_info') ?? null).toBeNull();
  });
});
