import { KEYS, type Method, V1 } from '@test/support/clients/backend-api.js';

/** One bad request: what is wrong, the call, and the field that the 400 must name. */
export interface BadRequest {
  readonly wrong: string;
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
  readonly field: string;
}

const PAST = 1_000_000_000;
/** 10000-01-01T00:00:00Z: the first second that no four-digit year can write. */
const YEAR_10000 = 253_402_300_800;
const LONG = 'x'.repeat(101);

const nested = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
const nestedLists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

const wrongTypes = (path: string, method: Method, rest: Readonly<Record<string, unknown>>, field: string, values: readonly unknown[]): readonly BadRequest[] =>
  values.map((value) => ({ wrong: `${field} is ${JSON.stringify(value)?.slice(0, 30) ?? 'nothing'}`, method, path, body: { ...rest, [field]: value }, field }));

const NOT_TEXT = [5, true, ['x'], { a: 1 }];
const NOT_OBJECT = ['text', 5, true, ['x']];
const NOT_BOOLEAN = ['true', 1, {}, []];
const NOT_SECONDS = ['soon', '4000000000', 1.5, true, {}, -1, 0, PAST, YEAR_10000, 1e300];
const EMAIL = { email: 'fine@example.test' };
const LEGACY = { imported_api_key: 'a legacy key of enough bytes' };
const NAMED = { name: 'Fine' };

export const badFields = (keyId: string, userId: string, orgId: string): readonly BadRequest[] => [
  ...wrongTypes(KEYS, 'POST', {}, 'expires_at_seconds', NOT_SECONDS),
  ...wrongTypes(KEYS, 'POST', {}, 'metadata', NOT_OBJECT),
  ...wrongTypes(KEYS, 'POST', {}, 'display_name', [...NOT_TEXT, LONG, 'a\u0000b', 'line\nbreak', '\u001b[31m', '\ud800', 'x\udfff']),
  ...wrongTypes(KEYS, 'POST', {}, 'user_id', [...NOT_TEXT, 'garbage', '', `${userId}0`, '00000000-0000-0000-0000-000000000000']),
  ...wrongTypes(KEYS, 'POST', {}, 'org_id', [...NOT_TEXT, 'garbage', '']),
  ...wrongTypes(`${KEYS}/import`, 'POST', {}, 'imported_api_key', [...NOT_TEXT, '', 'x'.repeat(15), 'x'.repeat(1025), 'ü'.repeat(513)]),
  ...wrongTypes(`${KEYS}/import`, 'POST', LEGACY, 'expires_at_seconds', NOT_SECONDS),
  ...wrongTypes(`${KEYS}/import`, 'POST', LEGACY, 'metadata', NOT_OBJECT),
  ...wrongTypes(`${KEYS}/${keyId}`, 'PATCH', {}, 'expires_at_seconds', NOT_SECONDS),
  ...wrongTypes(`${KEYS}/${keyId}`, 'PATCH', {}, 'metadata', NOT_OBJECT),
  ...wrongTypes(`${KEYS}/${keyId}`, 'PATCH', {}, 'set_to_never_expire', NOT_BOOLEAN),

  ...wrongTypes(`${V1}/user/`, 'POST', {}, 'email', [
    ...NOT_TEXT,
    '',
    'none',
    '@example.test',
    'a@',
    'a b@example.test',
    `${'x'.repeat(400)}@example.test`,
    'a@example.test\n',
    'a\u0000@example.test',
  ]),
  ...wrongTypes(`${V1}/user/`, 'POST', EMAIL, 'email_confirmed', NOT_BOOLEAN),
  ...wrongTypes(`${V1}/user/`, 'POST', EMAIL, 'first_name', [...NOT_TEXT, LONG, 'a\u0000b', '\ud800']),
  ...wrongTypes(`${V1}/user/`, 'POST', EMAIL, 'last_name', [...NOT_TEXT, LONG]),
  ...wrongTypes(`${V1}/user/`, 'POST', EMAIL, 'username', [...NOT_TEXT, LONG]),
  ...wrongTypes(`${V1}/user/`, 'POST', EMAIL, 'password', [...NOT_TEXT, '']),
  ...wrongTypes(`${V1}/user/`, 'POST', EMAIL, 'properties', NOT_OBJECT),
  ...wrongTypes(`${V1}/user/${userId}`, 'PUT', {}, 'metadata', NOT_OBJECT),
  ...wrongTypes(`${V1}/user/${userId}`, 'PUT', {}, 'first_name', [...NOT_TEXT, LONG]),
  ...wrongTypes(`${V1}/user/${userId}`, 'PUT', {}, 'picture_url', NOT_TEXT),
  ...wrongTypes(`${V1}/user/${userId}`, 'PUT', {}, 'update_password_required', NOT_BOOLEAN),
  ...wrongTypes(`${V1}/user/${userId}/email`, 'PUT', {}, 'new_email', [...NOT_TEXT, '', 'none']),
  ...wrongTypes(`${V1}/user/${userId}/password`, 'PUT', {}, 'password', [...NOT_TEXT, '']),
  ...wrongTypes(`${V1}/user/user_ids`, 'POST', {}, 'user_ids', ['text', 5, {}, [5], [null]]),
  ...wrongTypes(`${V1}/user/emails`, 'POST', {}, 'emails', ['text', 5, {}, [5]]),
  ...wrongTypes(`${V1}/user/usernames`, 'POST', {}, 'usernames', ['text', 5, {}, [{}]]),

  ...wrongTypes(`${V1}/org/`, 'POST', {}, 'name', [...NOT_TEXT, '', LONG, 'a\u0000b', '\ud800']),
  ...wrongTypes(`${V1}/org/`, 'POST', NAMED, 'max_users', ['five', 1.5, -1, 1e12, {}]),
  ...wrongTypes(`${V1}/org/`, 'POST', NAMED, 'enable_auto_joining_by_domain', NOT_BOOLEAN),
  ...wrongTypes(`${V1}/org/${orgId}`, 'PUT', {}, 'metadata', NOT_OBJECT),
  ...wrongTypes(`${V1}/org/${orgId}`, 'PUT', {}, 'name', [...NOT_TEXT, LONG]),
  ...wrongTypes(`${V1}/org/${orgId}`, 'PUT', {}, 'can_setup_saml', NOT_BOOLEAN),
  ...wrongTypes(`${V1}/org/${orgId}`, 'PUT', {}, 'extra_domains', ['text', 5, [5]]),
  ...wrongTypes(`${V1}/org/query`, 'POST', {}, 'page_size', [0, -1, 101, 1.5, 'ten', {}, 1e300]),
  ...wrongTypes(`${V1}/org/query`, 'POST', {}, 'page_number', [-1, 1.5, 1_000_001, 'one', {}]),
  ...wrongTypes(`${V1}/org/query`, 'POST', {}, 'order_by', ['SIDEWAYS', 5, {}]),
  ...wrongTypes(`${V1}/org/change_role`, 'POST', { user_id: userId, org_id: orgId }, 'role', [...NOT_TEXT, '', 'Emperor', '__proto__', 'constructor']),
  ...wrongTypes(`${V1}/org/add_user`, 'POST', { user_id: userId, org_id: orgId, role: 'Member' }, 'additional_roles', ['text', 5, [5]]),
  ...wrongTypes(`${V1}/access_token`, 'POST', { user_id: userId }, 'duration_in_minutes', ['ten', 0, -1, 1.5, 43_201, 1e300, {}]),
  ...wrongTypes(`${V1}/access_token`, 'POST', { user_id: userId, duration_in_minutes: 5 }, 'active_org_id', [
    ...NOT_TEXT,
    'garbage',
    orgId.replaceAll(/[0-9]/g, '1'),
  ]),

  ...['page_size=0', 'page_size=-1', 'page_size=101', 'page_size=ten', 'page_size=1.5', 'page_size=99999999999999999999', 'page_size=NaN'].flatMap((query) =>
    [KEYS, `${KEYS}/archived`, `${V1}/user/query`, `${V1}/org/query`, `${V1}/user/org/${orgId}`].map((path) => ({
      wrong: query,
      method: 'GET' as const,
      path: `${path}?${query}`,
      field: 'page_size',
    })),
  ),
  ...['page_number=-1', 'page_number=1000001', 'page_number=one', 'page_number=Infinity'].flatMap((query) =>
    [KEYS, `${V1}/user/query`, `${V1}/org/query`].map((path) => ({ wrong: query, method: 'GET' as const, path: `${path}?${query}`, field: 'page_number' })),
  ),
  ...['SIDEWAYS', '__proto__'].map((order) => ({
    wrong: `order_by=${order}`,
    method: 'GET' as const,
    path: `${V1}/user/query?order_by=${order}`,
    field: 'order_by',
  })),
  ...['', 'date=', 'date=2023-02-29', 'date=2023-02-30', 'date=20230228', 'date=2023-2-3', 'date=2023-01-01T00:00:00Z', 'date=0000-00-00', 'date=%00'].map(
    (query) => ({
      wrong: `usage with "${query}"`,
      method: 'GET' as const,
      path: `${KEYS}/usage?${query}`,
      field: 'date',
    }),
  ),
];

/** Bodies of metadata that are over a limit, as text, because some cannot be built by a serializer. */
export const badMetadata: readonly (readonly [string, string])[] = [
  ['over 16 KiB', `{"text":"${'x'.repeat(16 * 1024)}"}`],
  ['over 16 KiB in bytes, not in characters', `{"text":"${'ü'.repeat(9 * 1024)}"}`],
  ['33 levels deep', nested(33)],
  ['5 000 levels deep', nested(5_000)],
  ['30 000 lists deep', `{"a":${nestedLists(30_000)}}`],
];
/** Metadata at the limits, which must be taken. */
export const goodMetadata: readonly (readonly [string, string])[] = [
  ['31 levels deep', nested(31)],
  ['nearly 16 KiB', `{"text":"${'x'.repeat(16 * 1024 - 100)}"}`],
  ['odd keys', '{"$set":{"a.b":1},"":[[[]]],"é":null,"constructor":{"prototype":{"x":1}},"toString":"x"}'],
];

/** Bodies that are not a JSON object. */
export const badBodies: readonly (readonly [string, string | Buffer])[] = [
  ['half an object', '{"metadata":'],
  ['a stray comma', '{"a":1,}'],
  ['single quotes', "{'a':1}"],
  ['two objects', '{}{}'],
  ['noise', '\u0001\u0002'],
  ['a list', '[]'],
  ['a text', '"text"'],
  ['a number', '5'],
  ['null', 'null'],
  ['invalid UTF-8', Buffer.concat([Buffer.from('{"display_name":"'), Buffer.from([0xc3, 0x28, 0xff, 0xfe]), Buffer.from('"}')])],
  ['30 000 lists', nestedLists(30_000)],
];
/** Deeper than any parser's stack. The first fits into 64 KiB, the others do not. */
export const abysses: readonly (readonly [string, string, readonly number[]])[] = [
  ['10 000 objects', nested(10_000), [200, 400]],
  ['100 000 objects', nested(100_000), [413]],
  ['100 000 lists', `{"a":${nestedLists(100_000)}}`, [413]],
];
