import { describe, expect, it } from 'vitest';
import { type FieldErrors, Refusal } from '@app/domain';
import {
  AccessTokenBody,
  ApiKeysQuery,
  CreateApiKeyBody,
  CreateOrganizationBody,
  CreateOrganizationKeyBody,
  CreateOwnApiKeyBody,
  CreateUserBody,
  type DtoClass,
  isDay,
  isoMomentToMs,
  LoginBody,
  MemberRoleBody,
  momentToMs,
  OrganizationsQuery,
  OrgApiKeysQuery,
  parseUuid,
  PASSWORD_MAX_CHARACTERS,
  PASSWORD_MIN_CHARACTERS,
  PersonalApiKeysQuery,
  readBody,
  readQuery,
  RefreshQuery,
  RefreshTokenBody,
  RenameApiKeyBody,
  SignupBody,
  UpdateApiKeyBody,
  UpdateOrganizationBody,
  UpdatePasswordBody,
  UpdateUserBody,
  UsageQuery,
  UserIdsBody,
  UsersQuery,
  VerifyTokenBody,
} from '../index.js';

const nested = (levels: number): unknown => JSON.parse('{"a":'.repeat(levels) + '1' + '}'.repeat(levels)) as unknown;

const problems = (read: () => unknown): FieldErrors => {
  try {
    read();
    return {};
  } catch (error) {
    if (error instanceof Refusal && error.code === 'INVALID_FIELDS') return error.fields;
    throw error;
  }
};
const bodyProblems = (dto: DtoClass, body: object) => Object.keys(problems(() => readBody(dto, { ...body })));
const queryProblems = (dto: DtoClass, query: string) => Object.keys(problems(() => readQuery(dto, Object.fromEntries(new URLSearchParams(query)))));

const org = { name: 'N' };
const member = { user_id: 'u', org_id: 'o', role: 'Member' };

describe('bodies', () => {
  const bad: readonly (readonly [string, DtoClass, object, readonly string[]])[] = [
    ['no email address', CreateUserBody, {}, ['email']],
    ['a malformed email address', CreateUserBody, { email: 'a@' }, ['email']],
    ['an email address with half of a surrogate pair', CreateUserBody, { email: '\ud800' }, ['email']],
    ['an email address with half of a surrogate pair before the @', CreateUserBody, { email: 'a\ud800@b.test' }, ['email']],
    [
      'an email address over 254 characters',
      CreateUserBody,
      { email: `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}.test` },
      ['email'],
    ],
    ['a flag as text', CreateUserBody, { email: 'a@b.test', email_confirmed: 'true' }, ['email_confirmed']],
    ['a password of 7 characters', UpdatePasswordBody, { password: '1234567' }, ['password']],
    ['a name of 101 characters', UpdateUserBody, { first_name: 'x'.repeat(101) }, ['first_name']],
    ['a line break in a name', UpdateUserBody, { last_name: 'a\nb' }, ['last_name']],
    ['NUL in a user name', UpdateUserBody, { username: 'a\0' }, ['username']],
    ['half a surrogate pair', UpdateUserBody, { username: '\ud800' }, ['username']],
    ['a number as a name', UpdateUserBody, { username: 7 }, ['username']],
    ['metadata that is an array', UpdateUserBody, { metadata: [] }, ['metadata']],
    ['metadata that is text', CreateApiKeyBody, { metadata: '{}' }, ['metadata']],
    ['metadata of 33 levels', CreateApiKeyBody, { metadata: nested(33) }, ['metadata']],
    ['metadata of 20 000 levels', CreateApiKeyBody, { metadata: JSON.parse(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`) as object }, ['metadata']],
    ['metadata over 16 KiB', CreateApiKeyBody, { metadata: { a: 'é'.repeat(8_200) } }, ['metadata']],
    ['metadata with an infinite number', CreateApiKeyBody, JSON.parse('{"metadata":{"a":1e999}}') as object, ['metadata']],
    ['metadata with a large whole number', CreateApiKeyBody, JSON.parse('{"metadata":{"a":[1234567890123456789]}}') as object, ['metadata']],
    ['metadata with a large negative one', CreateApiKeyBody, JSON.parse('{"metadata":{"a":-9007199254740993}}') as object, ['metadata']],
    ['__proto__ deep in metadata', CreateApiKeyBody, JSON.parse('{"metadata":{"a":[{"__proto__":{"x":1}}]}}') as object, ['metadata']],
    ['a malformed id', CreateApiKeyBody, { user_id: 'x', org_id: '' }, ['org_id', 'user_id']],
    ['an expiry with a fraction', CreateApiKeyBody, { expires_at_seconds: 1.5 }, ['expires_at_seconds']],
    ['an expiry as text', CreateApiKeyBody, { expires_at_seconds: '1900000000' }, ['expires_at_seconds']],
    ['an expiry in milliseconds', UpdateApiKeyBody, { expires_at_seconds: 1_900_000_000_000 }, ['expires_at_seconds']],
    ['a display name of 101 characters', CreateApiKeyBody, { display_name: 'é'.repeat(101) }, ['display_name']],
    ['no name', CreateOrganizationBody, {}, ['name']],
    ['a name of spaces only', CreateOrganizationBody, { name: '   ' }, ['name']],
    ['a limit of zero users', CreateOrganizationBody, { ...org, max_users: 0 }, ['max_users']],
    ['more users than Rust can count', CreateOrganizationBody, { ...org, max_users: 2_147_483_648 }, ['max_users']],
    ['a URL as a domain', CreateOrganizationBody, { ...org, domain: 'https://a.test' }, ['domain']],
    ['a number among the domains', UpdateOrganizationBody, { extra_domains: ['a.test', 7] }, ['extra_domains']],
    ['a malformed time', UpdateOrganizationBody, { require_2fa_by: 'tomorrow' }, ['require_2fa_by']],
    ['an empty name', UpdateOrganizationBody, { name: '' }, ['name']],
    ['no role', MemberRoleBody, { ...member, role: undefined }, ['role']],
    ['roles that are not an array', MemberRoleBody, { ...member, additional_roles: 'Admin' }, ['additional_roles']],
    ['101 additional roles', MemberRoleBody, { ...member, additional_roles: Array.from({ length: 101 }, () => 'Admin') }, ['additional_roles']],
    ['no ids at all', UserIdsBody, {}, ['user_ids']],
    ['numbers as ids', UserIdsBody, { user_ids: [7] }, ['user_ids']],
    ['no minutes', AccessTokenBody, { user_id: 'u' }, ['duration_in_minutes']],
    ['too many minutes', AccessTokenBody, { user_id: 'u', duration_in_minutes: 43_201 }, ['duration_in_minutes']],
    ['a login without an address', LoginBody, { password: 'p' }, ['email']],
    ['a login without a password', LoginBody, { email: 'a@b.test', password: '' }, ['password']],
    ['a login with numbers', LoginBody, { email: 7, password: {} }, ['email', 'password']],
    ['a sign-up without anything', SignupBody, {}, ['email', 'password']],
    ['a sign-up with a password of 7 characters', SignupBody, { email: 'a@b.test', password: '1234567' }, ['password']],
    ['a sign-up with an array of properties', SignupBody, { email: 'a@b.test', password: '12345678', properties: [] }, ['properties']],
    ['a name of 101 characters at a sign-up', SignupBody, { email: 'a@b.test', password: '12345678', username: 'x'.repeat(101) }, ['username']],
    ['a number as a refresh token', RefreshTokenBody, { refresh_token: 7 }, ['refresh_token']],
    ['a refresh token over 1024 characters', RefreshTokenBody, { refresh_token: 'a'.repeat(1025) }, ['refresh_token']],
    ['an organization key without a name', CreateOrganizationKeyBody, {}, ['name']],
    ['an organization key with a malformed expiry', CreateOrganizationKeyBody, { name: 'n', expiresAt: 'tomorrow' }, ['expiresAt']],
    ['an organization key with an expiry in Unix seconds', CreateOrganizationKeyBody, { name: 'n', expiresAt: 1_900_000_000 }, ['expiresAt']],
    ['an organization key that expires on a day that does not exist', CreateOrganizationKeyBody, { name: 'n', expiresAt: '2027-02-29' }, ['expiresAt']],
    ['an own key with a long name', CreateOwnApiKeyBody, { display_name: 'x'.repeat(101) }, ['display_name']],
    ['an own key with numbers', CreateOwnApiKeyBody, { org_id: 1, expiration_option: 2 }, ['org_id', 'expiration_option']],
    ['a new name with a line break', RenameApiKeyBody, { display_name: 'a\nb' }, ['display_name']],
    ['a malformed id of the active organization', AccessTokenBody, { user_id: 'u', duration_in_minutes: 1, active_org_id: 'x' }, ['active_org_id']],
  ];
  it.each(bad)('%s: the refusal names the field', (_, dto, body, fields) => {
    expect(bodyProblems(dto, body)).toEqual(fields);
    for (const sentences of Object.values(problems(() => readBody(dto, { ...body })))) expect(sentences).toEqual([expect.stringMatching(/^must /)]);
  });

  it.each([
    [CreateApiKeyBody, { metadata: nested(32), display_name: '😀'.repeat(100), expires_at_seconds: 253_402_300_799 }],
    [CreateApiKeyBody, {}],
    [UpdateUserBody, { username: '', picture_url: '' }],
    [CreateUserBody, { email: "o'neil+tag@sub.example.test" }],
    [UpdateOrganizationBody, { domain: '', extra_domains: [], require_2fa_by: 0 }],
    [LoginBody, { email: 'not an address', password: 'x' }],
    [SignupBody, { email: 'a@b.test', password: '12345678', properties: {} }],
    [SignupBody, { email: ' \ta@b.test\n', password: '12345678' }],
    [CreateOrganizationKeyBody, { name: 'n' }],
    [CreateOrganizationKeyBody, { name: 'n', expiresAt: '2027-01-31' }],
    [CreateOrganizationKeyBody, { name: 'n', expiresAt: '2027-01-31T12:00:00.000Z' }],
    [CreateOrganizationKeyBody, { name: 'n', expiresAt: '9999-12-31' }],
    [CreateOrganizationKeyBody, { name: 'n', expiresAt: '1969-01-01' }],
    [RefreshTokenBody, {}],
    [CreateOwnApiKeyBody, {}],
    [CreateOwnApiKeyBody, { org_id: 'x', expiration_option: 'Tomorrow' }],
    [RenameApiKeyBody, { display_name: '' }],
  ])('a value at the limit is accepted: case %#', (dto, body) => expect(bodyProblems(dto, body)).toEqual([]));

  it.each(['', 7, true, ['t'], { t: 1 }, 'a\u0000b', '\ud800', 'a'.repeat(16_385)])('a token to verify may be any value: %#', (token) =>
    expect(readBody(VerifyTokenBody, { token }).token).toEqual(token),
  );

  it.each([
    [PASSWORD_MIN_CHARACTERS - 1, ['password']],
    [PASSWORD_MIN_CHARACTERS, []],
    [PASSWORD_MAX_CHARACTERS, []],
    [PASSWORD_MAX_CHARACTERS + 1, ['password']],
  ])('a password of %i code points: wrong fields %o; the exported bounds are those of the rule', (length, fields) =>
    expect(bodyProblems(UpdatePasswordBody, { password: '😀'.repeat(length) })).toEqual(fields),
  );

  it('null is "not provided" for every field of every body, required ones included', () => {
    const all = Object.fromEntries(Object.keys(new CreateUserBody()).map((field) => [field, null]));
    expect(readBody(CreateUserBody, { ...all, email: 'a@b.test' })).toEqual(Object.assign(new CreateUserBody(), { email: 'a@b.test' }));
    expect(bodyProblems(CreateUserBody, { email: null })).toEqual(['email']);
  });

  it('unknown fields are ignored, and __proto__ sets nothing', () => {
    const body = readBody(
      CreateApiKeyBody,
      JSON.parse('{"__proto__":{"display_name":"x"},"constructor":1,"toString":2,"of_tomorrow":3}') as Record<string, unknown>,
    );
    expect(body).toEqual(new CreateApiKeyBody());
    expect(({} as { display_name?: unknown }).display_name).toBeUndefined();
  });

  it('a request never sees the values of another request', () => {
    readBody(MemberRoleBody, { ...member, additional_roles: ['Admin'] });
    expect(readBody(MemberRoleBody, member).additional_roles).toEqual([]);
  });
});

describe('query strings', () => {
  it.each([
    [ApiKeysQuery, 'page_size=0', ['page_size']],
    [ApiKeysQuery, 'page_size=101', ['page_size']],
    [ApiKeysQuery, 'page_number=-1&page_size=x', ['page_number', 'page_size']],
    [ApiKeysQuery, 'page_number=1000001', ['page_number']],
    [ApiKeysQuery, 'page_size=1.5', ['page_size']],
    [ApiKeysQuery, 'page_size=1e1', ['page_size']],
    [ApiKeysQuery, 'page_size=99999999999999999999', ['page_size']],
    [UsersQuery, 'include_orgs=True', ['include_orgs']],
    [UsersQuery, 'include_orgs=1', ['include_orgs']],
    [UsersQuery, 'order_by=created_at_asc', ['order_by']],
    [OrganizationsQuery, 'order_by=EMAIL', ['order_by']],
    [UsageQuery, '', ['date']],
    [PersonalApiKeysQuery, 'sort_by=CREATED_AT_DESC', ['sort_by']],
    [OrgApiKeysQuery, 'page_size=0&page_number=-1&org_id=o', ['page_number', 'page_size']],
    [UsageQuery, 'date=2023-02-29', ['date']],
  ] as const)('%o: %s: the refusal names the fields', (dto, query, fields) => expect(queryProblems(dto, query)).toEqual(fields));

  it('numbers and flags are read from text, and empty is "not provided"', () => {
    expect(readQuery(UsersQuery, { page_number: '1000000', page_size: '', include_orgs: 'true', email_or_username: '', order_by: '' })).toEqual(
      Object.assign(new UsersQuery(), { page_number: 1_000_000, include_orgs: true }),
    );
  });

  it.each(['x', 'a\u0000b', 'x'.repeat(2_000)])('a refresh accepts a malformed organization: %.10s', (id) =>
    expect(readQuery(RefreshQuery, { active_org_id: id }).active_org_id).toBe(id),
  );

  it('an empty id is kept as a filter', () => {
    expect(readQuery(ApiKeysQuery, { user_id: '', org_id: '', user_email: '', page_size: '' })).toMatchObject({
      user_id: '',
      org_id: '',
      user_email: '',
      page_size: 10,
    });
    expect(readQuery(UsageQuery, { date: '2026-01-31', user_id: '', org_id: '', api_key_id: '' })).toMatchObject({ user_id: '', org_id: '', api_key_id: '' });
  });
  it('a text that looks like a number stays text', () => expect(readQuery(UsersQuery, { email_or_username: '42' }).email_or_username).toBe('42'));
});

describe('times and ids', () => {
  const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  it.each([
    ['2024-02-29', true],
    ['2023-02-29', false],
    ['2024-13-01', false],
    ['2024-00-10', false],
    ['2024-1-1', false],
    ['0000-01-01', true],
  ])('the day %s exists: %s', (day, exists) => expect(isDay(day)).toBe(exists));

  it.each([
    [1_900_000_000, 1_900_000_000_000],
    ['1900000000', 1_900_000_000_000],
    ['2030-01-01', Date.UTC(2030, 0, 1)],
    ['2030-01-01T12:00:00', Date.UTC(2030, 0, 1, 12)],
    ['2030-01-01T12:00:00.123456+02:00', Date.UTC(2030, 0, 1, 10, 0, 0, 123)],
    ['2030-01-01 12:00:00Z', Date.UTC(2030, 0, 1, 12)],
    [-1, null],
    [1.5, null],
    ['', null],
    ['01/02/2030', null],
  ])('the moment %s', (given, ms) => expect(momentToMs(given)).toBe(ms));

  it.each([
    ['2027-01-31', Date.UTC(2027, 1, 1)],
    ['2028-02-29', Date.UTC(2028, 2, 1)],
    ['2027-12-31', Date.UTC(2028, 0, 1)],
    ['2027-02-29', null],
    ['2027-13-01', null],
    ['2027-01-31T12:00:00.123Z', Date.UTC(2027, 0, 31, 12, 0, 0, 123)],
    ['2027-01-31T12:00:00', Date.UTC(2027, 0, 31, 12)],
    ['2027-01-31T12:00+02:00', Date.UTC(2027, 0, 31, 10)],
    ['9999-12-31T23:59:59Z', 253_402_300_799_000],
    ['1969-12-31T23:59:59Z', -1_000],
    ['1900000000', null],
    ['tomorrow', null],
    ['', null],
    ['2027-01-31T25:00:00Z', null],
    ['2027-01-31\n', null],
    // A day that does not exist is malformed with a time too. JavaScript alone would use the next day.
    ['2027-02-29T12:00:00Z', null],
    ['2027-02-30T00:00', null],
    ['2027-04-31T12:00:00+02:00', null],
    ['2028-02-29T12:00:00Z', Date.UTC(2028, 1, 29, 12)],
    ['2027-00-01T00:00:00Z', null],
    // Times in the past are accepted: the service decides by the log's clock.
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T00:00:00+00:01', -60_000],
    ['1969-12-31', 0],
    ['1969-12-30', -86_400_000],
    ['0000-01-01', -62_167_132_800_000],
    // The last moment, to the millisecond, by the offset and of days alone.
    ['9999-12-30', Date.UTC(9999, 11, 31)],
    ['9999-12-31', LAST_MS],
    ['9999-12-31T23:59:59.999Z', LAST_MS],
    ['9999-12-31T24:00:00Z', LAST_MS],
    ['9999-12-31T23:59:59-00:01', null],
    ['10000-01-01', null],
    ['+010000-01-01T00:00:00Z', null],
  ])('the ISO moment %j; a day alone means its end', (given, ms) => expect(isoMomentToMs(given)).toBe(ms));

  it('ids are accepted in any case and stored in lower case', () => {
    expect(parseUuid('0F6B2C1E-5A77-4C0D-9B1E-3D2F8A9C4E10')).toBe('0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10');
    expect(['', '{0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10}', '0f6b2c1e5a774c0d9b1e3d2f8a9c4e10', '0f6b2c1e-5a77-4c0d-9b1e-3d2f8a9c4e10\n'].map(parseUuid)).toEqual(
      [null, null, null, null],
    );
  });
});
