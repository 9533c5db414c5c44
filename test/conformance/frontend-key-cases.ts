import { LoginState } from '@propelauth/frontend-apis';
import { describe, expect, it } from 'vitest';
import { textAt, V1 } from '@test/support/clients/backend-api.js';
import { UNKNOWN_ID } from './case-context.js';
import { type FrontendStage, PASSWORD } from './frontend-stage.js';

const FOREIGN = 'https://elsewhere.example.test';

/** The stage is opened in a hook, so cases reach it through a function. */
export const frontendKeyCases = (at: () => FrontendStage): void => {
  describe('a personal key', () => {
    it('is made, shown once, listed, renamed and deleted; then it is dead', async () => {
      at().as(at().owner);
      const made = await at().handled('createPersonalApiKey', at().client.createPersonalApiKey('OneMonth', 'Laptop'));
      expect(made).toMatchObject({ handler: 'success', given: { api_key_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string } });
      const [id, token] = [textAt(made.given, 'api_key_id'), textAt(made.given, 'api_key_token')];
      expect((await at().api.validate(token)).text).toContain(at().ownerId);
      const listed = await at().handled('fetchPersonalApiKeys', at().client.fetchPersonalApiKeys({ api_key_search: id.slice(4, 20).toUpperCase() }));
      expect(listed).toMatchObject({
        handler: 'success',
        given: {
          total_api_keys: 1,
          has_more_results: false,
          api_keys: [{ api_key_id: id, display_name: 'Laptop', expires_at_seconds: expect.any(Number) as number }],
        },
      });
      expect(await at().visit('updateApiKey', at().client.updateApiKey({ api_key_id: id, display_name: 'Desktop' }))).toBe('success');
      expect((await at().handled('fetchPersonalApiKeys', at().client.fetchPersonalApiKeys({ api_key_search: id }))).given).toMatchObject({
        api_keys: [{ display_name: 'Desktop' }],
      });
      expect(await at().visit('deleteApiKey', at().client.deleteApiKey(id))).toBe('success');
      expect((await at().api.validate(token)).status).toBe(400);
      expect((await at().handled('fetchPersonalApiKeys', at().client.fetchPersonalApiKeys({ api_key_search: id }))).given).toMatchObject({
        api_keys: [],
        total_api_keys: 0,
      });
      expect(await at().visit('deleteApiKey', at().client.deleteApiKey(id))).toBe('apiKeyNotFound');
      expect(await at().visit('updateApiKey', at().client.updateApiKey({ api_key_id: id, display_name: 'x' }))).toBe('apiKeyNotFound');
    });

    it('belongs to no other user, not even to an owner of the same organization', async () => {
      at().as(at().member);
      const id = await at().newKey('personal');
      at().as(at().owner);
      expect(await at().visit('updateApiKey', at().client.updateApiKey({ api_key_id: id, display_name: 'x' }))).toBe('apiKeyNotFound');
      expect(await at().visit('deleteApiKey', at().client.deleteApiKey(id))).toBe('apiKeyNotFound');
    });

    it('lists go in the order asked for, page by page', async () => {
      at().as(await at().newMember('Member'));
      const made: string[] = [];
      for (const option of ['OneYear', 'TwoWeeks', 'Never'] as const)
        made.push(textAt((await at().handled('createPersonalApiKey', at().client.createPersonalApiKey(option))).given, 'api_key_id'));
      const [year, weeks, never] = made;
      const listed = async (sort_by: 'CreatedAtAsc' | 'CreatedAtDesc' | 'ExpiresAtAsc' | 'ExpiresAtDesc'): Promise<unknown> => {
        const pages = await Promise.all([0, 1].map((page_number) => at().client.fetchPersonalApiKeys({ sort_by, page_size: 2, page_number })));
        return pages.flatMap((one) => (one.ok ? one.data.api_keys.map(({ api_key_id }) => api_key_id) : [one.error.error_code]));
      };
      // Those of one second stand by their ids.
      expect(await listed('ExpiresAtAsc')).toEqual([weeks, year, never]);
      expect(await listed('ExpiresAtDesc')).toEqual([never, year, weeks]);
      expect(new Set((await listed('CreatedAtAsc')) as string[])).toEqual(new Set(made));
      expect(new Set((await listed('CreatedAtDesc')) as string[])).toEqual(new Set(made));
    });
  });

  describe("an organization's key", () => {
    it('is made, listed, renamed and deleted by who manages keys, and by no other member', async () => {
      at().as(at().owner);
      const made = await at().handled('createOrgApiKey', at().client.createOrgApiKey(at().orgId, 'Never', 'CI'));
      const [id, token] = [textAt(made.given, 'api_key_id'), textAt(made.given, 'api_key_token')];
      expect(JSON.parse((await at().api.validate(token)).text)).toMatchObject({ user_id: null, org_id: at().orgId });
      expect((await at().handled('fetchOrgApiKeys', at().client.fetchOrgApiKeys({ org_id: at().orgId, api_key_search: id }))).given).toMatchObject({
        total_api_keys: 1,
        api_keys: [{ api_key_id: id, display_name: 'CI' }],
      });
      at().as(at().member);
      expect(await at().visit('createOrgApiKey', at().client.createOrgApiKey(at().orgId))).toBe('noOrgApiKeyPermission');
      expect(await at().visit('updateApiKey', at().client.updateApiKey({ api_key_id: id, display_name: 'x' }))).toBe('noApiKeyPermission');
      expect(await at().visit('deleteApiKey', at().client.deleteApiKey(id))).toBe('noApiKeyPermission');
      expect(await at().visit('fetchOrgApiKeys', at().client.fetchOrgApiKeys({ org_id: at().orgId }))).toBe('cannotAccessOrgApiKeys');
      at().as(at().owner);
      expect(await at().visit('updateApiKey', at().client.updateApiKey({ api_key_id: id, display_name: 'Builds' }))).toBe('success');
      expect(await at().visit('deleteApiKey', at().client.deleteApiKey(id))).toBe('success');
      expect((await at().api.validate(token)).status).toBe(400);
    });

    it('of an organization that the user is not in is not there', async () => {
      const { email } = await at().newUser();
      at().as(at().owner);
      const id = await at().newKey('organization');
      await at().nobody().logIn(email, PASSWORD);
      for (const org of [at().orgId, UNKNOWN_ID, 'not-an-id']) {
        expect(await at().visit('fetchOrgApiKeys', at().client.fetchOrgApiKeys({ org_id: org }))).toBe('orgNotFound');
        expect(await at().visit('createOrgApiKey', at().client.createOrgApiKey(org))).toBe('noOrgApiKeyPermission');
      }
      expect(await at().visit('deleteApiKey', at().client.deleteApiKey(id))).toBe('apiKeyNotFound');
    });
  });

  it('what breaks a rule reaches badRequest, with the field', async () => {
    at().as(at().owner);
    const long = 'a'.repeat(101);
    const id = await at().newKey('personal');
    const broken = [
      ['createPersonalApiKey', at().client.createPersonalApiKey(undefined, long), 'display_name'],
      ['createOrgApiKey', at().client.createOrgApiKey(at().orgId, undefined, long), 'display_name'],
      ['updateApiKey', at().client.updateApiKey({ api_key_id: id, display_name: long }), 'display_name'],
      ['fetchPersonalApiKeys', at().client.fetchPersonalApiKeys({ page_size: 101 }), 'page_size'],
      ['fetchOrgApiKeys', at().client.fetchOrgApiKeys({ org_id: at().orgId, page_number: -1 }), 'page_number'],
      ['emailPasswordLogin', at().client.emailPasswordLogin({ email: '', password: PASSWORD }), 'email'],
    ] as const;
    for (const [name, call, field] of broken) {
      expect(await at().handled(name, call)).toMatchObject({
        handler: 'badRequest',
        given: {
          error_code: 'invalid_request_fields',
          field_errors: { [field]: expect.any(String) as string },
          user_facing_errors: { [field]: expect.any(String) as string },
        },
      });
    }
  });

  it('without a session a call reaches unauthorized', async () => {
    at().nobody();
    expect(await at().visitAll()).toEqual(new Set(['unauthorized']));
  });

  it('the refresh token alone opens the calls, as servers of frameworks forward it', async () => {
    at()
      .nobody()
      .cookies.set('refresh_token', at().owner.cookies.get('refresh_token') ?? '');
    expect(await at().visit('createPersonalApiKey', at().client.createPersonalApiKey())).toBe('success');
    expect(await at().handled('fetchLoginState', at().client.fetchLoginState())).toMatchObject({ given: { login_state: LoginState.LOGGED_IN } });
  });

  it('a page of a foreign origin reaches unexpectedOrUnhandled, whichever user is logged in', async () => {
    at().as(at().owner, FOREIGN);
    expect(await at().visitAll()).toEqual(new Set(['unexpectedOrUnhandled']));
    expect(await at().visit('emailPasswordLogin', at().client.emailPasswordLogin({ email: 'a@example.test', password: PASSWORD }))).toBe(
      'unexpectedOrUnhandled',
    );
    expect(await at().visit('signup', at().client.signup({ email: 'a@example.test', password: PASSWORD }))).toBe('unexpectedOrUnhandled');
    expect(await at().visit('fetchLoginState', at().client.fetchLoginState())).toBe('unexpectedOrUnhandled');
  });

  it('settings close what they say', async () => {
    at().as(at().owner);
    await at().under(
      { expirationOptions: ['TwoWeeks'], defaultExpirationOption: 'TwoWeeks' },
      { expirationOptions: ['TwoWeeks', 'OneMonth', 'ThreeMonths', 'SixMonths', 'OneYear', 'Never'], defaultExpirationOption: 'Never' },
      async () => {
        expect(await at().visit('createPersonalApiKey', at().client.createPersonalApiKey('Never'))).toBe('invalidExpirationOption');
        expect(await at().visit('createOrgApiKey', at().client.createOrgApiKey(at().orgId, 'OneYear'))).toBe('invalidExpirationOption');
        const id = await at().newKey('personal');
        expect((await at().handled('fetchPersonalApiKeys', at().client.fetchPersonalApiKeys({ api_key_search: id }))).given).toMatchObject({
          api_keys: [{ expires_at_seconds: expect.any(Number) as number }],
        });
      },
    );
    await at().under({ personalApiKeyRole: 'Owner' }, { personalApiKeyRole: null }, async () => {
      expect(await at().visit('createPersonalApiKey', at().client.createPersonalApiKey())).toBe('success');
      at().as(at().member);
      expect(await at().visit('createPersonalApiKey', at().client.createPersonalApiKey())).toBe('noPersonalApiKeyPermission');
    });
    at().as(at().owner);
    await at().under({ personalApiKeysEnabled: false, orgApiKeysEnabled: false }, { personalApiKeysEnabled: true, orgApiKeysEnabled: true }, async () => {
      expect(await at().visit('createPersonalApiKey', at().client.createPersonalApiKey())).toBe('noPersonalApiKeyPermission');
      expect(await at().visit('createOrgApiKey', at().client.createOrgApiKey(at().orgId))).toBe('noOrgApiKeyPermission');
      expect(await at().visit('fetchPersonalApiKeys', at().client.fetchPersonalApiKeys({}))).toBe('personalApiKeysDisabled');
      expect(await at().visit('fetchOrgApiKeys', at().client.fetchOrgApiKeys({ org_id: at().orgId }))).toBe('orgApiKeysDisabled');
    });
  });

  it('who has not confirmed the address logs in, reaches emailNotConfirmed, and is let in by the confirmation', async () => {
    const { email, userId } = await at().newUser({ email_confirmed: false });
    await at().under({ emailConfirmationRequired: true }, { emailConfirmationRequired: false }, async () => {
      at().nobody();
      expect(await at().handled('emailPasswordLogin', at().client.emailPasswordLogin({ email, password: PASSWORD }))).toMatchObject({
        handler: 'success',
        given: { login_state: LoginState.EMAIL_NOT_CONFIRMED_YET },
      });
      expect(await at().handled('fetchLoginState', at().client.fetchLoginState())).toMatchObject({
        given: { login_state: LoginState.EMAIL_NOT_CONFIRMED_YET },
      });
      expect(await at().visitAll()).toEqual(new Set(['emailNotConfirmed']));
      await at().api.done('PUT', `${V1}/user/${userId}/email`, { new_email: `confirmed-${email}`, require_email_confirmation: false });
      expect(await at().visit('createPersonalApiKey', at().client.createPersonalApiKey())).toBe('success');
    });
  });
};
