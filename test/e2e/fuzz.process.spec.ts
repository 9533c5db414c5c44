import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS, type Ids } from '@test/support/clients/wire-endpoints.js';
import { BackendApi, type IssuedKey } from '@test/support/clients/backend-api.js';
import { gatewayModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

/** Every field that any call knows, so that random bodies get past the first check. */
const FIELDS = [
  'org_id',
  'user_id',
  'expires_at_seconds',
  'metadata',
  'display_name',
  'set_to_never_expire',
  'api_key_token',
  'imported_api_key',
  'email',
  'email_confirmed',
  'password',
  'username',
  'first_name',
  'last_name',
  'properties',
  'picture_url',
  'legacy_user_id',
  'update_password_required',
  'new_email',
  'require_email_confirmation',
  'user_ids',
  'emails',
  'usernames',
  'name',
  'domain',
  'max_users',
  'legacy_org_id',
  'custom_role_mapping_name',
  'can_setup_saml',
  'autojoin_by_domain',
  'restrict_to_domain',
  'extra_domains',
  'require_2fa_by',
  'password_rotation_enabled',
  'password_rotation_history_size',
  'password_rotation_period',
  'page_size',
  'page_number',
  'order_by',
  'role',
  'additional_roles',
  'duration_in_minutes',
  'active_org_id',
  'can_create_orgs',
  'ask_user_to_update_password_on_login',
  'enable_auto_joining_by_domain',
  '__proto__',
  'constructor',
  'toString',
];

const anything = (ids: Ids): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.constantFrom(
      '',
      ' ',
      'Member',
      'Owner',
      'CREATED_AT_ASC',
      'a@example.test',
      ids.userId,
      ids.orgId,
      ids.keyId,
      '__proto__',
      '\u0000',
      '\ud800',
      '%00',
      '../..',
      '$where',
      "' OR 1=1 --",
      'NaN',
    ),
    fc.constantFrom(0, -0, -1, 1, 1.5, 1e21, -1e300, Number.MAX_SAFE_INTEGER, 4_000_000_000, 253_402_300_800),
    fc.array(fc.constantFrom(ids.userId, '', 'x', 5, null), { maxLength: 5 }),
  );

const bodies = (ids: Ids): fc.Arbitrary<string> => {
  // Written out by hand, because an object literal cannot have a field called __proto__.
  const fields = fc.uniqueArray(fc.tuple(fc.constantFrom(...FIELDS), anything(ids)), { maxLength: 8, selector: ([name]) => name });
  const object = fields.map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`);
  return fc.oneof({ weight: 8, arbitrary: object }, { weight: 1, arbitrary: fc.json() }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) });
};

describe.each(gatewayModes)('random bodies, $name', ({ start }) => {
  let server: TestedServer;
  let api: BackendApi;
  let good: IssuedKey;
  beforeAll(async () => {
    server = await start();
    api = BackendApi.of(server);
    good = await api.issueKey();
  });
  afterAll(() => server?.remove());

  it.each(ENDPOINTS.filter(({ method, body }) => ['POST', 'PUT', 'PATCH'].includes(method) && body !== undefined))('never break $name', async (endpoint) => {
    const [userId, orgId] = [await api.createUser(), await api.createOrg()];
    const ids = { userId, orgId, keyId: (await api.issueKey({ user_id: userId })).id };
    await fc.assert(
      fc.asyncProperty(bodies(ids), async (body) => {
        const answer = await api.call(endpoint.method, endpoint.path(ids), body);
        expect([200, 400, 403, 404]).toContain(answer.status);
        // Only a 400 may be JSON: several clients take any other JSON object for a list of wrong fields.
        if (answer.status > 400 && answer.text !== '') expect(() => JSON.parse(answer.text) as unknown).toThrow();
      }),
      { numRuns: 60 },
    );
    expect((await api.validate(good.token)).status).toBe(200);
  });
});
