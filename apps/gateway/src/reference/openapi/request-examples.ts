import type { JsonObject } from '@app/domain';
import type { HostEndpointId, BackendEndpointId } from '@app/http-api';
import { EXAMPLE } from './example-records.js';

const owner = { user_id: EXAMPLE.userId, org_id: EXAMPLE.orgId };
const keyOf = { ...owner, metadata: { scope: 'read' }, display_name: 'ci' };
const person = { username: EXAMPLE.username, first_name: 'Ada', last_name: 'Lovelace' };

/** A body for each call that accepts one. */
export const BODY_EXAMPLES: Readonly<Partial<Record<BackendEndpointId | HostEndpointId, JsonObject>>> = {
  'create-user': { email: EXAMPLE.email, email_confirmed: true, password: EXAMPLE.password, ...person },
  'batch-users-by-id': { user_ids: [EXAMPLE.userId] },
  'batch-users-by-email': { emails: [EXAMPLE.email] },
  'batch-users-by-username': { usernames: [EXAMPLE.username] },
  'update-user': { first_name: 'Augusta Ada', metadata: { tier: 'gold' } },
  'update-email': { new_email: EXAMPLE.newEmail },
  'update-password': { password: EXAMPLE.password },
  'create-organization': { name: EXAMPLE.orgName, domain: 'example.com', max_users: 50 },
  'query-organizations': { name: EXAMPLE.orgName },
  'update-organization': { metadata: { plan: 'pro' }, max_users: 60 },
  'add-member': { ...owner, role: 'Member' },
  'change-role': { ...owner, role: 'Admin' },
  'remove-member': owner,
  'create-api-key': keyOf,
  'import-api-key': { imported_api_key: EXAMPLE.importedToken, ...keyOf },
  'update-api-key': { metadata: { scope: 'write' } },
  'validate-api-key': { api_key_token: EXAMPLE.token },
  'validate-imported-api-key': { api_key_token: EXAMPLE.importedToken },
  'create-access-token': { user_id: EXAMPLE.userId, duration_in_minutes: 60 },
  'refresh-session-by-backend': { refresh_token: EXAMPLE.refreshToken },
  'log-out-by-backend': { refresh_token: EXAMPLE.refreshToken },

  'create-organization-key': { name: 'deploy', expiresAt: '2099-01-31' },
  'verify-user-token': { token: EXAMPLE.accessToken },
  'log-in': { email: EXAMPLE.email, password: EXAMPLE.password },
  'sign-up': { email: EXAMPLE.signupEmail, password: EXAMPLE.password },
  'create-own-api-key': { expiration_option: 'OneMonth', display_name: 'laptop' },
  'rename-own-api-key': { display_name: 'old laptop' },
};

/** Values for some fields of query strings. */
export const QUERY_EXAMPLES: Readonly<Partial<Record<BackendEndpointId | HostEndpointId, JsonObject>>> = {
  'fetch-user': { include_orgs: true },
  'fetch-user-by-email': { email: EXAMPLE.email },
  'fetch-user-by-username': { username: EXAMPLE.username },
  'query-users': { email_or_username: EXAMPLE.email },
  'query-organizations': { name: EXAMPLE.orgName },
  'list-api-keys': { user_id: EXAMPLE.userId },
  'list-archived-api-keys': { org_id: EXAMPLE.orgId },
  'count-api-key-usage': { date: '2026-01-31', org_id: EXAMPLE.orgId },
  'list-org-api-keys': { org_id: EXAMPLE.orgId },
};
