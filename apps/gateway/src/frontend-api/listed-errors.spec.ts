import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOST_ENDPOINTS, ERROR_ANSWERS, fieldsOf } from '@app/http-api';
import type { KeyView, Subject } from '@app/messages';
import { type FieldErrors, Refusal, type RefusalCode } from '@app/domain';
import { mintRefreshToken, newKeyId } from '@app/tokens';
import { FrontendRig } from '../testing/frontend-rig.js';
import type { WireAnswer } from '../testing/gateway-rig.js';
import { KEY_ID, keyRecord, ORG_ID, USER_ID } from '../testing/records.js';

/** From the client's source: the codes for which each call has a handler. At any other, its `handle()` throws. */
const END_USERS: Readonly<Record<string, readonly string[]>> = {
  'log-in': ['invalid_request_fields', 'unexpected_error', 'action_disabled', 'account_disabled', 'account_locked', 'user_not_found'],
  'sign-up': ['invalid_request_fields', 'unexpected_error', 'action_disabled'],
  'fetch-login-state': ['unexpected_error'],
  'create-own-api-key': ['invalid_request_fields', 'unexpected_error', 'action_forbidden', 'bad_request', 'not_logged_in', 'email_not_confirmed'],
  'rename-own-api-key': ['invalid_request_fields', 'unexpected_error', 'action_forbidden', 'not_logged_in', 'email_not_confirmed', 'not_found'],
  'delete-own-api-key': ['unexpected_error', 'action_forbidden', 'not_logged_in', 'email_not_confirmed', 'not_found'],
  'list-personal-api-keys': ['invalid_request_fields', 'unexpected_error', 'not_logged_in', 'email_not_confirmed', 'action_disabled'],
  'list-org-api-keys': [
    'invalid_request_fields',
    'unexpected_error',
    'not_logged_in',
    'email_not_confirmed',
    'action_disabled',
    'org_not_found',
    'action_forbidden',
  ],
};

interface Call {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly cookie?: string;
  /** The service that refuses. */
  readonly asks: Subject;
}
const signup = { email: 'k@example.test', password: 'a wrong password' };
// A new address each time: the gateway refuses the eleventh attempt at one address.
const login = () => ({ ...signup, email: `${crypto.randomUUID()}@example.test` });
const CALLS: readonly Call[] = [
  {
    id: 'log-in',
    method: 'POST',
    path: '/login',
    get body() {
      return login();
    },
    asks: 'directory.log-in',
  },
  { id: 'sign-up', method: 'POST', path: '/signup', body: signup, asks: 'directory.sign-up' },
  {
    id: 'fetch-login-state',
    method: 'GET',
    path: '/login_state',
    cookie: `refresh_token=${mintRefreshToken(newKeyId()).reveal()}`,
    asks: 'directory.fetch-session',
  },
  { id: 'create-own-api-key', method: 'POST', path: '/api_keys', body: {}, asks: 'keys.issue-key' },
  { id: 'create-own-api-key', method: 'POST', path: '/api_keys', body: { org_id: ORG_ID }, asks: 'keys.issue-key' },
  { id: 'rename-own-api-key', method: 'PATCH', path: `/api_keys/${KEY_ID}`, body: { display_name: 'Laptop' }, asks: 'keys.fetch-key' },
  { id: 'rename-own-api-key', method: 'PATCH', path: `/api_keys/${KEY_ID}`, body: { display_name: 'Laptop' }, asks: 'keys.update-key' },
  { id: 'delete-own-api-key', method: 'DELETE', path: `/api_keys/${KEY_ID}`, asks: 'keys.fetch-key' },
  { id: 'delete-own-api-key', method: 'DELETE', path: `/api_keys/${KEY_ID}`, asks: 'keys.revoke-key' },
  { id: 'list-personal-api-keys', method: 'GET', path: '/personal_api_keys', asks: 'keys.list-keys' },
  { id: 'list-org-api-keys', method: 'GET', path: `/org_api_keys?org_id=${ORG_ID}`, asks: 'keys.list-keys' },
];

const CODES = Object.keys(ERROR_ANSWERS).filter((code): code is RefusalCode => Object.hasOwn(ERROR_ANSWERS, code));
const FIELDS: readonly FieldErrors[] = [
  {},
  ...['userId', 'orgId', 'displayName', 'email', 'password', 'username', 'expiresAtMs', 'tokenTag', 'pageSize', 'body', 'idempotency_key'].map((field) => ({
    [field]: ['wrong'],
  })),
  { userId: ['wrong'], displayName: ['wrong'] },
];
const REFUSALS = CODES.flatMap((code) => (code === 'INVALID_FIELDS' ? FIELDS.map((fields) => new Refusal(code, { fields })) : [new Refusal(code)]));
const titled = REFUSALS.map((refusal) => [`${refusal.code} ${Object.keys(refusal.fields).join()}`, refusal] as const);

let rig: FrontendRig;
beforeAll(async () => {
  rig = await FrontendRig.start();
});
afterAll(() => rig.stop());

const own: KeyView = { key: keyRecord({ userId: USER_ID }), archived: false, endedAtMs: null, lastUsedAtMs: null };
beforeEach(() => {
  rig.reset();
  rig.rpc.replies = { 'keys.fetch-key': () => own };
});
const refuseAt = (subject: Subject, error: Error): void => {
  rig.rpc.replies = {
    ...rig.rpc.replies,
    [subject]: () => {
      throw error;
    },
  };
};
const send = ({ method, path, body, cookie }: Call): Promise<WireAnswer> => rig.send(method, path, body, cookie);

interface Body {
  readonly error_code: string;
  readonly user_facing_error: string;
  readonly field_errors?: Readonly<Record<string, string>>;
  readonly user_facing_errors?: Readonly<Record<string, string>>;
}
/** The texts are about fields that the caller sent: a page can fix no other. */
const expectOwnFields = (id: string, texts: Readonly<Record<string, unknown>>): void => {
  const { body, query } = HOST_ENDPOINTS.find((endpoint) => endpoint.id === id) ?? { body: null, query: null };
  expect(['body', ...fieldsOf(body ?? query).map(({ name }) => name)]).toEqual(expect.arrayContaining(Object.keys(texts)));
  expect(Object.values(texts).map((text) => typeof text)).toEqual(Object.keys(texts).map(() => 'string'));
};
const expectListed = (id: string, answer: WireAnswer): Body => {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  const body = JSON.parse(answer.text) as Body;
  expect(END_USERS[id]).toContain(body.error_code);
  expect(body.user_facing_error).toMatch(/\S/);
  if (body.error_code === 'invalid_request_fields') expectOwnFields(id, body.field_errors ?? {});
  return body;
};

it('the table has every call of the frontend API', () => {
  const served = HOST_ENDPOINTS.filter(({ api }) => api === 'frontend').map(({ id }) => id as string);
  expect(Object.keys(END_USERS)).toEqual(served);
  expect([...new Set(CALLS.map(({ id }) => id))]).toEqual(served);
});

describe.each(CALLS.map((call) => [`${call.method} ${call.path.slice(0, 20)} (${call.asks})`, call] as const))(
  '%s returns only codes that its client knows',
  (_title, call) => {
    it.each(titled)('when the service refuses with %s', async (_name, refusal) => {
      refuseAt(call.asks, refusal);
      const answer = await send(call);
      // Without a session the login state is that of a caller who must log in.
      if (call.id === 'fetch-login-state' && refusal.code === 'SESSION_OVER') expect(JSON.parse(answer.text)).toEqual({ login_state: 'LoginRequired' });
      else expectListed(call.id, answer);
    });

    it('when a service fails', async () => {
      refuseAt(call.asks, new Error('secret detail'));
      const { error_code, user_facing_error } = expectListed(call.id, await send(call));
      expect(error_code).toBe('unexpected_error');
      expect(user_facing_error).not.toContain('secret');
    });
  },
);

it.each(CALLS.filter(({ id }) => HOST_ENDPOINTS.some((endpoint) => endpoint.id === id && endpoint.credential === 'session')))(
  '$method $path is not_logged_in without a valid session',
  async (call) => {
    expect(expectListed(call.id, await send({ ...call, cookie: 'access_token=bad' })).error_code).toBe('not_logged_in');
  },
);

describe('a user or an organization that has changed since the gateway looked', () => {
  it('a blocked user is not logged in anymore', async () => {
    refuseAt('keys.issue-key', new Refusal('INVALID_FIELDS', { fields: { userId: ['The user is blocked; unblock the user first.'] } }));
    const answer = await rig.send('POST', '/api_keys', {});
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toEqual({ error_code: 'not_logged_in', user_facing_error: 'Please log in.' });
  });

  it("creating a deleted organization's key is forbidden", async () => {
    refuseAt(
      'keys.issue-key',
      new Refusal('INVALID_FIELDS', { fields: { orgId: ['There is no such organization; give the id of an existing organization.'] } }),
    );
    expect(expectListed('create-own-api-key', await rig.send('POST', '/api_keys', { org_id: ORG_ID })).error_code).toBe('action_forbidden');
  });
});

it.each([
  ['POST', '/api_keys', '{broken'],
  ['PATCH', `/api_keys/${KEY_ID}`, { display_name: 'a'.repeat(101) }],
  ['POST', '/api_keys', { display_name: 7 }],
  ['POST', '/api_keys', { display_name: 'a\u0000b' }],
])('%s %s with an invalid body is invalid_request_fields with a text for each field, and whole sentences for people', async (method, path, body) => {
  const { error_code, field_errors, user_facing_error, user_facing_errors } = JSON.parse((await rig.send(method, path, body)).text) as Body;
  expect(error_code).toBe('invalid_request_fields');
  expect(Object.keys(field_errors ?? {})).toEqual([typeof body === 'string' ? 'body' : 'display_name']);
  expect(Object.keys(user_facing_errors ?? {})).toEqual(Object.keys(field_errors ?? {}));
  expect(user_facing_error).toBe(Object.values(user_facing_errors ?? {}).join(' '));
  expect(user_facing_error).toMatch(typeof body === 'string' ? /^The request body must be valid JSON in UTF-8\.$/ : /^Display name must (?:be|not) .*\w\.$/);
});
