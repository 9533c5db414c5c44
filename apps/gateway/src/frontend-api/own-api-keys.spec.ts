import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IssueKeyData, KeyView } from '@app/messages';
import { type Membership, notFound, Refusal } from '@app/domain';
import { hasValidChecksum, nativeSpace, tokenDigest } from '@app/tokens';
import { FrontendRig } from '../testing/frontend-rig.js';
import type { WireAnswer } from '../testing/gateway-rig.js';
import { ENV_ID, KEY_ID, keyRecord, ORG_ID, USER_ID } from '../testing/records.js';

const OTHER_ID = '22222222-2222-4222-8222-222222222222';
const member = (more: Partial<Membership> = {}) => ({
  memberships: { [ORG_ID]: { role: 'Member', additionalRoles: [], joinedAtMs: 0, active: true, epoch: 0, ...more } },
});

let rig: FrontendRig;
beforeAll(async () => {
  rig = await FrontendRig.start();
});
afterAll(() => rig.stop());
beforeEach(() => rig.reset());

const parsed = (answer: WireAnswer): unknown => JSON.parse(answer.text);
const expectError = (answer: WireAnswer, status: number, error_code: string): void => {
  expect({ status: answer.status, body: parsed(answer) }).toMatchObject({ status, body: { error_code } });
};
const view = (more: Parameters<typeof keyRecord>[0], archived = false): KeyView => ({
  key: keyRecord(more),
  archived,
  endedAtMs: archived ? 1 : null,
  lastUsedAtMs: null,
});
/** The expiration option that the service got. Null for the environment's default. */
const askedOption = (): string | null | undefined => {
  const made = rig.rpc.asked.find(({ subject }) => subject === 'keys.issue-key');
  if (made === undefined) throw new Error('No key was created.');
  return (made.data as IssueKeyData).expirationOption;
};
const asked = () => rig.rpc.asked.map(({ subject }) => subject);

describe('creating a key', () => {
  it('returns the token and sends it to no service; the user is the owner, the creator and the actor', async () => {
    const answer = await rig.send('POST', '/api_keys', { display_name: ' ' });
    const { api_key_id: id, api_key_token: token } = parsed(answer) as { api_key_id: string; api_key_token: string };
    expect(token.startsWith(id) && hasValidChecksum(token)).toBe(true);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(rig.rpc.asked).toEqual([
      {
        subject: 'keys.issue-key',
        caller: expect.objectContaining({ actor: `user-${USER_ID}`, environmentId: ENV_ID }) as unknown,
        data: {
          keyId: id,
          digest: tokenDigest(nativeSpace(ENV_ID), token),
          tokenPrefix: null,
          imported: false,
          origin: 'frontend',
          userId: USER_ID,
          orgId: null,
          creatorId: USER_ID,
          expiresAtMs: null,
          expirationOption: null,
          metadata: null,
          displayName: null,
        },
      },
    ]);
    expect(JSON.stringify(rig.rpc.asked)).not.toContain(token);
  });

  it("makes an organization's key belong to the organization alone, with the user as its creator", async () => {
    rig.reset({ settings: { backendTokenPrefix: 'acme_' } });
    const { api_key_token: token } = parsed(await rig.send('POST', '/api_keys', { org_id: ORG_ID.toUpperCase(), display_name: 'CI' })) as {
      api_key_token: string;
    };
    expect(token).toMatch(/^acme_[0-9a-f]{96}$/);
    expect(rig.rpc.asked[0]?.data).toMatchObject({ userId: null, orgId: ORG_ID, creatorId: USER_ID, displayName: 'CI', tokenPrefix: token.slice(0, 10) });
  });

  it.each(['TwoWeeks', 'OneMonth', 'ThreeMonths', 'SixMonths', 'OneYear', 'Never'] as const)('passes the option %s to the service', async (option) => {
    expect((await rig.send('POST', '/api_keys', { expiration_option: option })).status).toBe(200);
    expect(askedOption()).toBe(option);
  });

  it('without an option leaves the expiry to the environment', async () => {
    await rig.send('POST', '/api_keys', { expiration_option: null });
    expect(askedOption()).toBeNull();
  });

  it.each(['Never', 'twoweeks', 'Forever', '', 'constructor'])('with the disabled or unknown option %j is bad_request', async (expiration_option) => {
    rig.rpc.replies['keys.issue-key'] = () => {
      throw new Refusal('INVALID_OPTION');
    };
    expectError(await rig.send('POST', '/api_keys', { expiration_option }), 400, 'bad_request');
    expect(askedOption()).toBe(expiration_option);
  });
});

describe('the right to personal keys', () => {
  const roles: readonly (readonly [string, Partial<Membership>, boolean])[] = [
    ['the role itself', { role: 'Admin' }, true],
    ['one that inherits it', { role: 'Owner' }, true],
    ['one below it', { role: 'Member' }, false],
    ['it as an additional role', { role: 'Member', additionalRoles: ['Admin'] }, true],
    ['one that inherits it as an additional role', { additionalRoles: ['Owner'] }, true],
    ['an unknown role', { role: 'toString' }, false],
    ['the role in an organization that was left', { role: 'Admin', active: false }, false],
  ];
  it.each(roles)('if a role is required, %s: %s %s', async (_name, membership, allowed) => {
    rig.reset({ settings: { personalApiKeyRole: 'Admin' }, user: member(membership) });
    const answer = await rig.send('POST', '/api_keys', {});
    if (allowed) expect(answer.status).toBe(200);
    else expectError(answer, 403, 'action_forbidden');
  });

  it('is denied if they are disabled', async () => {
    rig.rpc.replies['keys.issue-key'] = () => {
      throw new Refusal('KEY_KIND_DISABLED', { fields: { userId: ['Disabled.'] } });
    };
    expectError(await rig.send('POST', '/api_keys', {}), 403, 'action_forbidden');
  });

  it('a user without the required confirmed address can neither create nor see keys', async () => {
    rig.reset({ settings: { emailConfirmationRequired: true }, user: { emailConfirmed: false } });
    const calls = [
      ['POST', '/api_keys', {}],
      ['PATCH', `/api_keys/${KEY_ID}`, {}],
      ['DELETE', `/api_keys/${KEY_ID}`],
      ['GET', '/personal_api_keys'],
      ['GET', `/org_api_keys?org_id=${ORG_ID}`],
    ] as const;
    for (const [method, path, body] of calls) expectError(await rig.send(method, path, body), 403, 'email_not_confirmed');
    expect(rig.rpc.asked).toEqual([]);
  });
});

describe("the right to an organization's keys", () => {
  const create = () => rig.send('POST', '/api_keys', { org_id: ORG_ID });
  it.each([
    ['Owner', [], true],
    ['Admin', [], true],
    ['Member', [], false],
    ['Member', ['Admin'], true],
    ['nonsense', [], false],
  ] as const)('%s with %j: %s', async (role, additionalRoles, allowed) => {
    rig.reset({ user: member({ role, additionalRoles }) });
    const answer = await create();
    if (allowed) expect(answer.status).toBe(200);
    else expectError(answer, 403, 'action_forbidden');
  });

  it.each([OTHER_ID, 'no id', '', '__proto__', `${ORG_ID} `])('is denied for the unknown or malformed organization %j', async (org_id) => {
    expectError(await rig.send('POST', '/api_keys', { org_id }), 403, 'action_forbidden');
  });

  it.each([{ orgApiKeysEnabled: false }, { organizationsEnabled: false }])('is denied if %j', async (settings) => {
    rig.reset({ settings });
    rig.rpc.replies['keys.issue-key'] = () => {
      throw new Refusal('KEY_KIND_DISABLED', { fields: { orgId: ['Disabled.'] } });
    };
    expectError(await create(), 403, 'action_forbidden');
    expectError(await rig.send('GET', `/org_api_keys?org_id=${ORG_ID}`), 403, 'action_disabled');
  });
});

describe('renaming and deleting', () => {
  const calls = [
    ['PATCH', { display_name: 'Laptop' }, 'keys.update-key'],
    ['DELETE', undefined, 'keys.revoke-key'],
  ] as const;
  const send = (method: string, body: unknown) => rig.send(method, `/api_keys/${KEY_ID.toUpperCase()}`, body);

  it.each(calls)("%s: one's own personal key", async (method, body, subject) => {
    rig.rpc.replies['keys.fetch-key'] = () => view({ userId: USER_ID });
    expect(await send(method, body)).toMatchObject({ status: 200, text: '{}' });
    expect(rig.rpc.asked.at(-1)).toMatchObject({ subject, data: { keyId: KEY_ID }, caller: { actor: `user-${USER_ID}` } });
  });

  it.each(calls)('%s: a key of an organization whose keys the user manages, even one with a user', async (method, body, subject) => {
    for (const userId of [null, OTHER_ID]) {
      rig.rpc.replies['keys.fetch-key'] = () => view({ orgId: ORG_ID, userId });
      expect((await send(method, body)).status).toBe(200);
      expect(asked().at(-1)).toBe(subject);
    }
  });

  it.each(calls)('%s: a member without the permission gets action_forbidden, even for a key with that member as its user', async (method, body) => {
    rig.reset({ user: member() });
    rig.rpc.replies['keys.fetch-key'] = () => view({ orgId: ORG_ID, userId: USER_ID });
    expectError(await send(method, body), 403, 'action_forbidden');
    expect(asked()).toEqual(['keys.fetch-key']);
  });

  const hidden: readonly (readonly [string, () => KeyView])[] = [
    ["another user's", () => view({ userId: OTHER_ID })],
    ["another organization's", () => view({ orgId: OTHER_ID })],
    ['without an owner', () => view({})],
    ["one's own in another organization", () => view({ userId: USER_ID, orgId: OTHER_ID })],
    ["one's own but archived", () => view({ userId: USER_ID }, true)],
    [
      'unknown',
      () => {
        throw notFound();
      },
    ],
  ];
  it.each(hidden.flatMap(([name, key]) => calls.map(([method, body]) => [name, method, body, key] as const)))(
    'a key that is %s is not_found for %s',
    async (_name, method, body, key) => {
      rig.rpc.replies['keys.fetch-key'] = key;
      expectError(await send(method, body), 404, 'not_found');
      expect(asked()).toEqual(['keys.fetch-key']);
    },
  );

  it.each(['123', 'xyz', '%2e%2e'])('the malformed id %s is not_found without a call to a service', async (id) => {
    expectError(await rig.send('DELETE', `/api_keys/${id}`), 404, 'not_found');
    expect(asked()).toEqual([]);
  });

  it('an empty name clears it, and without a name nothing changes', async () => {
    rig.rpc.replies['keys.fetch-key'] = () => view({ userId: USER_ID });
    await send('PATCH', { display_name: '' });
    expect(rig.rpc.asked.at(-1)?.data).toEqual({ keyId: KEY_ID, displayName: null });
    rig.rpc.asked.length = 0;
    for (const body of [{}, { display_name: null }]) expect((await send('PATCH', body)).status).toBe(200);
    expect(asked()).toEqual(['keys.fetch-key', 'keys.fetch-key']);
  });
});

describe('lists', () => {
  const page = { items: [view({ userId: USER_ID, displayName: 'Laptop', expiresAtMs: 1_900_000_000_000, metadata: { a: 1 } })], total: 21 };

  it('have what a page needs, without the owner', async () => {
    rig.rpc.replies['keys.list-keys'] = () => page;
    expect(parsed(await rig.send('GET', '/personal_api_keys?page_number=1&page_size=10&api_key_search=00AB&sort_by=ExpiresAtAsc'))).toEqual({
      api_keys: [{ api_key_id: KEY_ID, created_at: 1_700_000_000, expires_at_seconds: 1_900_000_000, metadata: { a: 1 }, display_name: 'Laptop' }],
      total_api_keys: 21,
      current_page: 1,
      page_size: 10,
      has_more_results: true,
    });
    expect(rig.rpc.asked[0]?.data).toEqual({
      life: 'active',
      endedAfterMs: null,
      userId: USER_ID,
      orgId: null,
      personalOnly: true,
      keyIdPart: '00AB',
      orderBy: 'EXPIRES_AT_ASC',
      pageNumber: 1,
      pageSize: 10,
    });
  });

  it('of an organization are all of its keys, newest first', async () => {
    rig.rpc.replies['keys.list-keys'] = () => page;
    expect((await rig.send('GET', `/org_api_keys?org_id=${ORG_ID}`)).status).toBe(200);
    expect(rig.rpc.asked[0]?.data).toMatchObject({
      life: 'active',
      userId: null,
      orgId: ORG_ID,
      personalOnly: false,
      keyIdPart: null,
      orderBy: 'CREATED_AT_DESC',
      pageNumber: 0,
      pageSize: 10,
    });
  });

  it.each(['', '?org_id=', `?org_id=${OTHER_ID}`, '?org_id=x'])('/org_api_keys%s is org_not_found', async (query) => {
    expectError(await rig.send('GET', `/org_api_keys${query}`), 404, 'org_not_found');
  });

  it('of an organization are forbidden to members without the permission', async () => {
    rig.reset({ user: member() });
    expectError(await rig.send('GET', `/org_api_keys?org_id=${ORG_ID}`), 403, 'action_forbidden');
  });

  it('of personal keys are disabled with them', async () => {
    rig.reset({ settings: { personalApiKeysEnabled: false } });
    expectError(await rig.send('GET', '/personal_api_keys'), 403, 'action_disabled');
  });

  it.each([
    ['page_size=0', 'page_size'],
    ['page_size=101', 'page_size'],
    ['page_number=-1', 'page_number'],
    ['sort_by=Name', 'sort_by'],
  ])('%s blames %s', async (query, field) => {
    for (const list of [`/personal_api_keys?${query}`, `/org_api_keys?org_id=${ORG_ID}&${query}`]) {
      const answer = await rig.send('GET', list);
      expectError(answer, 400, 'invalid_request_fields');
      expect(parsed(answer)).toMatchObject({
        field_errors: { [field]: expect.any(String) as string },
        user_facing_errors: { [field]: expect.any(String) as string },
      });
    }
  });
});
