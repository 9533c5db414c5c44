import {
  type BackendEndpointId,
  wireApiKey,
  wireMemberships,
  wireUser,
  wireUserInOrg,
  wireOrganization,
  wireOrganizationRow,
  wirePage,
  wireValidation,
} from '@app/http-api';
import { type AnswerShape, asJson } from './answers.js';
import { EXAMPLE, EXAMPLE_ENVIRONMENT, EXAMPLE_KEY, EXAMPLE_ORGANIZATION, EXAMPLE_USER } from './example-records.js';
import { listOf, ref } from './schema-parts.js';

const PLACE = { page_number: 0, page_size: 10 };
const answer = (name: string, example: unknown): AnswerShape => ({ schema: ref(name), example: asJson(example) });

const done = answer('Done', {});
const user = wireUser(EXAMPLE_USER, null, EXAMPLE.createdMs);
const users: AnswerShape = { schema: listOf(ref('User')), example: asJson([user]) };
const aUser = answer('User', user);
const keyPage = answer('ApiKeyPage', wirePage('api_keys', [wireApiKey(EXAMPLE_KEY)], 1, PLACE));
const validation = answer(
  'Validation',
  wireValidation(
    {
      key: EXAMPLE_KEY,
      environment: EXAMPLE_ENVIRONMENT,
      user: EXAMPLE_USER,
      org: EXAMPLE_ORGANIZATION,
      creator: EXAMPLE_USER,
      memberOrgs: [EXAMPLE_ORGANIZATION],
    },
    EXAMPLE_USER,
    EXAMPLE.createdMs,
  ),
);

/** An example 200 for each call of the backend API, made by the code that makes the real response. The type requires every call. */
export const BACKEND_ANSWERS: Readonly<Record<BackendEndpointId, AnswerShape>> = {
  'create-user': answer('CreatedUser', { user_id: EXAMPLE.userId }),
  'fetch-user': answer('User', wireUser(EXAMPLE_USER, [EXAMPLE_ORGANIZATION], EXAMPLE.createdMs)),
  'fetch-user-by-email': aUser,
  'fetch-user-by-username': aUser,
  'batch-users-by-id': users,
  'batch-users-by-email': users,
  'batch-users-by-username': users,
  'query-users': answer('UserPage', wirePage('users', [user], 1, PLACE)),
  'query-users-in-org': answer('UserInOrganizationPage', wirePage('users', [wireUserInOrg(EXAMPLE_USER, null, EXAMPLE.orgId, EXAMPLE.createdMs)], 1, PLACE)),
  'update-user': done,
  'update-email': done,
  'update-password': done,
  'clear-password': done,
  'disable-user': done,
  'enable-user': done,
  'delete-user': done,
  'logout-all-sessions': done,
  'enable-org-creation': done,
  'disable-org-creation': done,
  'create-organization': answer('CreatedOrganization', { org_id: EXAMPLE.orgId, name: EXAMPLE.orgName }),
  'fetch-organization': answer('Organization', wireOrganization(EXAMPLE_ORGANIZATION)),
  'query-organizations': answer('OrganizationPage', wirePage('orgs', [wireOrganizationRow(EXAMPLE_ORGANIZATION)], 1, PLACE)),
  'update-organization': done,
  'delete-organization': done,
  'add-member': done,
  'change-role': done,
  'remove-member': done,
  'create-api-key': answer('CreatedApiKey', { api_key_id: EXAMPLE.keyId, api_key_token: EXAMPLE.token }),
  'import-api-key': answer('ImportedApiKey', { api_key_id: EXAMPLE.keyId }),
  'fetch-api-key': answer('ApiKey', wireApiKey(EXAMPLE_KEY)),
  'list-api-keys': keyPage,
  'list-archived-api-keys': keyPage,
  'count-api-key-usage': answer('ApiKeyUsage', { count: 42 }),
  'update-api-key': done,
  'delete-api-key': done,
  'validate-api-key': validation,
  'validate-imported-api-key': validation,
  'create-access-token': answer('AccessToken', { access_token: EXAMPLE.accessToken }),
  'token-verification-metadata': answer('VerificationMetadata', { verifier_key_pem: EXAMPLE.pem, public_key_pem: EXAMPLE.pem }),
  'refresh-session-by-backend': answer('RefreshedSession', {
    refresh_token: EXAMPLE.refreshToken,
    access_token: {
      access_token: EXAMPLE.accessToken,
      expires_at_seconds: EXAMPLE.expiresSeconds,
      user,
      org_id_to_org_member_info: wireMemberships(EXAMPLE_USER, [EXAMPLE_ORGANIZATION]),
    },
  }),
  'log-out-by-backend': done,
};
