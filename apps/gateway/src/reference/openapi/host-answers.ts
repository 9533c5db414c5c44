import { type HostEndpointId, wirePage, wireMemberships, wireUser } from '@app/http-api';
import { type AnswerShape, asJson } from './answers.js';
import { EXAMPLE, EXAMPLE_ORGANIZATION, EXAMPLE_USER } from './example-records.js';
import { ref } from './schema-parts.js';

const CREATED_AT = new Date(EXAMPLE.createdMs).toISOString();
const EXPIRES_AT = new Date(EXAMPLE.expiresSeconds * 1000).toISOString();

const answer = (name: string, example: unknown, more: Partial<AnswerShape> = {}): AnswerShape => ({ schema: ref(name), example: asJson(example), ...more });
const success = (name: string, data: unknown, more: Partial<AnswerShape> = {}): AnswerShape => answer(name, { status: 'success', data }, more);

const label = { id: EXAMPLE.organizationKeyId, name: 'deploy', prefix: 'pk_live_a3' };
const times = { createdAt: CREATED_AT, expiresAt: EXPIRES_AT, lastUsedAt: null };
const member = {
  user: { id: EXAMPLE.memberId, name: 'Ada Lovelace', email: EXAMPLE.email, role: 'user', isEmailVerified: true },
  membership: { role: 'org_admin', status: 'active', joinedAt: CREATED_AT },
};
const org = { id: EXAMPLE.organizationId, name: EXAMPLE.orgName, slug: EXAMPLE.orgSlug, plan: 'pro', status: 'active' };
const ownKey = {
  api_key_id: EXAMPLE.ownKeyId,
  created_at: EXAMPLE.createdMs / 1000,
  expires_at_seconds: EXAMPLE.expiresSeconds,
  metadata: null,
  display_name: 'laptop',
};
const keyPage = answer('OwnApiKeyPage', wirePage('api_keys', [ownKey], 1, { page_number: 0, page_size: 10 }));
const done = answer('Done', {});

/** An example success for each call outside the backend API. The type requires every call. */
export const HOST_ANSWERS: Readonly<Record<HostEndpointId, AnswerShape>> = {
  'create-organization-key': success('CreatedOrganizationApiKey', { key: EXAMPLE.organizationToken, apiKey: { ...label, ...times } }),
  'list-organization-keys': success('OrganizationApiKeyList', { apiKeys: [{ ...label, isActive: true, ...times }] }),
  'revoke-organization-key': success('RevokedOrganizationApiKey', { message: 'API key revoked' }),
  'verify-user-token': success('Verification', { valid: true, ...member, org }, { others: { invalid: { status: 'success', data: { valid: false } } } }),
  'fetch-member': success('Member', member),
  'fetch-own-organization': success('OwnOrganization', { org: { ...org, createdAt: CREATED_AT } }),

  'log-in': answer('LoginState', { login_state: 'Finished' }, { cookies: 'sets' }),
  'sign-up': answer('SignedUp', { login_state: 'LoginRequired', user_id: EXAMPLE.userId }),
  'fetch-login-state': answer('LoginState', { login_state: 'Finished' }),
  'create-own-api-key': answer('CreatedApiKey', { api_key_id: EXAMPLE.ownKeyId, api_key_token: `${EXAMPLE.ownKeyId}…` }),
  'rename-own-api-key': done,
  'delete-own-api-key': done,
  'list-personal-api-keys': keyPage,
  'list-org-api-keys': keyPage,

  'refresh-session': answer(
    'Session',
    {
      access_token: EXAMPLE.accessToken,
      expires_at_seconds: EXAMPLE.expiresSeconds,
      org_id_to_org_member_info: wireMemberships(EXAMPLE_USER, [EXAMPLE_ORGANIZATION]),
      user: wireUser(EXAMPLE_USER, null, EXAMPLE.createdMs),
    },
    { cookies: 'sets' },
  ),
  'log-out': answer('LoggedOut', { redirect_to: 'https://auth.example.com/login' }, { cookies: 'clears' }),
  'log-out-everywhere': answer('LoggedOut', { redirect_to: 'https://auth.example.com/login' }, { cookies: 'clears' }),
  'fetch-signing-keys': answer('SigningKeys', { keys: [{ kty: 'RSA', kid: EXAMPLE.environmentId, use: 'sig', alg: 'RS256', n: '…', e: 'AQAB' }] }),
};
