import { EXPIRATION_OPTIONS } from '@app/domain';
import type { JsonSchema } from '@app/http-api';
import {
  ANY_OBJECT,
  COUNT,
  described,
  FLAG,
  ISO_TIME,
  KEY_ID,
  listOf,
  mapOf,
  objectOf,
  oneOf,
  oneValue,
  orNull,
  prefixedId,
  ref,
  SECONDS,
  TEXT,
  UUID,
} from './schema-parts.js';

const success = (data: JsonSchema): JsonSchema => objectOf({ status: oneValue('success'), data });
const KEY_LABEL = { id: prefixedId('key_'), name: TEXT, prefix: described('The first characters of the key, for display in a list.', TEXT) };
const KEY_TIMES = { createdAt: ISO_TIME, expiresAt: orNull(ISO_TIME), lastUsedAt: orNull(ISO_TIME) };
const MEMBER = { user: ref('MemberUser'), membership: ref('MemberRole') };
const PLACE = { id: prefixedId('org_'), name: TEXT, slug: TEXT, plan: TEXT, status: TEXT };

/** The error codes that the frontend clients know. Any other code makes them throw. */
export const FRONTEND_ERROR_CODES = [
  'invalid_request_fields',
  'bad_request',
  'not_found',
  'user_not_found',
  'org_not_found',
  'not_logged_in',
  'action_forbidden',
  'action_disabled',
  'email_not_confirmed',
  'account_locked',
  'account_disabled',
  'unexpected_error',
] as const;

const ORGANIZATION_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  OrganizationApiKey: objectOf({ ...KEY_LABEL, ...KEY_TIMES }),
  CreatedOrganizationApiKey: success(objectOf({ key: described('Shown only once.', TEXT), apiKey: ref('OrganizationApiKey') })),
  OrganizationApiKeyList: success(objectOf({ apiKeys: listOf(objectOf({ ...KEY_LABEL, isActive: FLAG, ...KEY_TIMES })) })),
  RevokedOrganizationApiKey: success(objectOf({ message: TEXT })),
  MemberUser: objectOf({ id: prefixedId('usr_'), name: TEXT, email: TEXT, role: TEXT, isEmailVerified: FLAG }),
  MemberRole: objectOf({ role: oneOf('org_admin', 'member'), status: TEXT, joinedAt: ISO_TIME }),
  Member: success(objectOf(MEMBER)),
  OwnOrganization: success(objectOf({ org: objectOf({ ...PLACE, createdAt: ISO_TIME }) })),
  Verification: success({
    anyOf: [objectOf({ valid: oneValue(true), ...MEMBER, org: objectOf(PLACE) }), objectOf({ valid: oneValue(false) })],
    description: '`valid: false` comes without other fields.',
  }),
  OrganizationApiError: objectOf({ status: oneValue('error'), message: TEXT }),
};

const FRONTEND_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  LoginState: objectOf({ login_state: oneOf('LoginRequired', 'ConfirmEmailRequired', 'UpdatePasswordRequired', 'Finished') }),
  SignedUp: objectOf({ login_state: oneOf('LoginRequired'), user_id: described('A made-up id if the address already had an account.', UUID) }),
  OwnApiKey: objectOf({
    api_key_id: KEY_ID,
    created_at: SECONDS,
    expires_at_seconds: orNull(SECONDS),
    metadata: orNull(ANY_OBJECT),
    display_name: orNull(TEXT),
  }),
  OwnApiKeyPage: objectOf({ api_keys: listOf(ref('OwnApiKey')), total_api_keys: COUNT, current_page: COUNT, page_size: COUNT, has_more_results: FLAG }),
  ExpirationOption: described('The values of `expiration_option`. An environment may offer only some of them.', oneOf(...EXPIRATION_OPTIONS)),
  FrontendError: objectOf(
    { error_code: oneOf(...FRONTEND_ERROR_CODES) },
    { user_facing_error: TEXT, field_errors: mapOf(TEXT), user_facing_errors: mapOf(TEXT) },
  ),
};

const SESSION_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Session: objectOf({ access_token: TEXT, expires_at_seconds: SECONDS, org_id_to_org_member_info: mapOf(ref('Membership')), user: ref('User') }),
  RefreshedSession: objectOf({ refresh_token: described('Replaces the one in the request.', TEXT), access_token: ref('Session') }),
  LoggedOut: objectOf({ redirect_to: TEXT }),
  SigningKeys: objectOf({ keys: listOf(objectOf({ kty: oneValue('RSA'), kid: TEXT, use: oneValue('sig'), alg: oneValue('RS256'), n: TEXT, e: TEXT })) }),
};

/** One component for each shape that the organization API, the frontend API and sessions return, in addition to those of the backend API. */
export const HOST_SCHEMAS: Readonly<Record<string, JsonSchema>> = { ...ORGANIZATION_SCHEMAS, ...FRONTEND_SCHEMAS, ...SESSION_SCHEMAS };
