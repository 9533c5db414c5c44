import type { JsonSchema } from '@app/http-api';
import {
  ANY_OBJECT,
  COUNT,
  described,
  FLAG,
  KEY_ID,
  listOf,
  mapOf,
  objectOf,
  oneOf,
  oneValue,
  orNull,
  ref,
  ROLE,
  SECONDS,
  TEXT,
  UUID,
} from './schema-parts.js';

const token = described('Shown only once.', TEXT);
const pageOf = (name: string, row: JsonSchema): JsonSchema =>
  objectOf({ [name]: listOf(row), [`total_${name}`]: COUNT, current_page: COUNT, page_size: COUNT, has_more_results: FLAG });

const USER_ALWAYS = {
  user_id: UUID,
  email: TEXT,
  email_confirmed: FLAG,
  has_password: FLAG,
  locked: described('True while too many wrong passwords keep the user from logging in.', FLAG),
  enabled: described('False while the user is blocked.', FLAG),
  mfa_enabled: FLAG,
  can_create_orgs: FLAG,
  can_create_org: described('The same as `can_create_orgs`.', FLAG),
  update_password_required: FLAG,
  created_at: SECONDS,
  last_active_at: SECONDS,
  properties: ANY_OBJECT,
  metadata: orNull(ANY_OBJECT),
};
const USER_SOMETIMES = {
  username: TEXT,
  first_name: TEXT,
  last_name: TEXT,
  picture_url: TEXT,
  legacy_user_id: TEXT,
  org_id_to_org_info: described('By organization id. Present if the request asked for it.', mapOf(ref('Membership'))),
};
const ORGANIZATION_ALWAYS = { org_id: UUID, name: TEXT, org_name: TEXT, is_saml_configured: FLAG, metadata: ANY_OBJECT };
const ORGANIZATION_SOMETIMES = { max_users: COUNT, custom_role_mapping_name: TEXT, legacy_org_id: TEXT };

/** One component for each shape that the backend API returns. */
export const BACKEND_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Done: described('An empty object: the call has nothing to return.', objectOf({})),

  ApiKey: objectOf({
    api_key_id: KEY_ID,
    created_at: SECONDS,
    expires_at_seconds: described('Unix seconds. Null if the key never expires.', orNull(SECONDS)),
    metadata: orNull(ANY_OBJECT),
    user_id: orNull(UUID),
    org_id: orNull(UUID),
    display_name: orNull(TEXT),
  }),
  ApiKeyPage: pageOf('api_keys', ref('ApiKey')),
  CreatedApiKey: objectOf({ api_key_id: KEY_ID, api_key_token: token }),
  ImportedApiKey: objectOf({ api_key_id: KEY_ID }),
  ApiKeyUsage: objectOf({ count: COUNT }),
  Validation: described(
    'The owner of the key. A personal key has a user but no organization, a generic key has neither.',
    objectOf({
      metadata: orNull(ANY_OBJECT),
      user: orNull(ref('User')),
      org: orNull(ref('OrganizationOfKey')),
      user_in_org: orNull(ref('Membership')),
      user_id: orNull(UUID),
      org_id: orNull(UUID),
    }),
  ),
  OrganizationOfKey: objectOf({
    org_id: UUID,
    org_name: TEXT,
    name: TEXT,
    can_setup_saml: FLAG,
    is_saml_configured: FLAG,
    max_users: orNull(COUNT),
    metadata: ANY_OBJECT,
    legacy_org_id: orNull(TEXT),
    custom_role_mapping_name: orNull(TEXT),
  }),

  User: objectOf(USER_ALWAYS, USER_SOMETIMES),
  UserInOrganization: objectOf({ ...USER_ALWAYS, role_in_org: ROLE, additional_roles_in_org: listOf(ROLE) }, USER_SOMETIMES),
  UserPage: pageOf('users', ref('User')),
  UserInOrganizationPage: pageOf('users', ref('UserInOrganization')),
  CreatedUser: objectOf({ user_id: UUID }),
  Membership: objectOf({
    org_id: UUID,
    org_name: TEXT,
    org_metadata: ANY_OBJECT,
    url_safe_org_name: TEXT,
    org_role_structure: oneValue('single_role_in_hierarchy'),
    user_role: ROLE,
    inherited_user_roles_plus_current_role: listOf(ROLE),
    user_permissions: listOf(TEXT),
    additional_roles: listOf(ROLE),
    legacy_org_id: orNull(TEXT),
  }),

  Organization: objectOf(
    {
      ...ORGANIZATION_ALWAYS,
      url_safe_org_slug: TEXT,
      can_setup_saml: FLAG,
      is_saml_in_test_mode: FLAG,
      domain_autojoin: FLAG,
      domain_restrict: FLAG,
      extra_domains: listOf(TEXT),
      password_rotation_enabled: FLAG,
      password_rotation_history_size: COUNT,
      password_rotation_period: COUNT,
      isolated: FLAG,
    },
    { ...ORGANIZATION_SOMETIMES, domain: TEXT },
  ),
  OrganizationRow: objectOf({ ...ORGANIZATION_ALWAYS, created_at: SECONDS }, ORGANIZATION_SOMETIMES),
  OrganizationPage: pageOf('orgs', ref('OrganizationRow')),
  CreatedOrganization: objectOf({ org_id: UUID, name: TEXT }),

  AccessToken: objectOf({ access_token: TEXT }),
  VerificationMetadata: objectOf({ verifier_key_pem: TEXT, public_key_pem: described('The same key.', TEXT) }),

  FieldErrors: described('What is wrong, by field name.', mapOf(listOf(TEXT))),
  TokenError: described('What is wrong, by field name: one sentence for the token.', objectOf({}, { api_key_token: TEXT, body: listOf(TEXT) })),
  OwnerLimitError: objectOf({ wait_seconds: { type: 'number' }, user_facing_error: TEXT, error_code: oneOf('rate_limit_exceeded') }),
  ShownOnceError: objectOf({ api_key_id: KEY_ID, error: TEXT }),
};
