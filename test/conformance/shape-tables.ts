/** What a field must be so that the strictest official client can read it (Rust, Go, Python; each row was found by breaking it). */
export interface FieldRule {
  readonly is: 'text' | 'uuid' | 'hex32' | 'int' | 'int32' | 'number' | 'bool' | 'object' | 'texts' | 'list' | 'role structure';
  /** `never`: breaks a client when missing or null. `null`: must be there, may be null. `open`: may be null or missing. */
  readonly unset: 'never' | 'null' | 'open';
}
export type Shape = Readonly<Record<string, FieldRule>>;

const must = (is: FieldRule['is']): FieldRule => ({ is, unset: 'never' });
const orNull = (is: FieldRule['is']): FieldRule => ({ is, unset: 'null' });
const open = (is: FieldRule['is']): FieldRule => ({ is, unset: 'open' });

export const KEY: Shape = {
  api_key_id: must('hex32'),
  created_at: must('int32'),
  expires_at_seconds: orNull('int'),
  metadata: orNull('object'),
  user_id: orNull('uuid'),
  org_id: orNull('uuid'),
  display_name: open('text'),
};

const page = (items: string, total: string): Shape => ({
  [items]: must('list'),
  [total]: must('int'),
  current_page: must('int'),
  page_size: must('int'),
  has_more_results: must('bool'),
});
export const KEY_PAGE = page('api_keys', 'total_api_keys');
export const USER_PAGE = page('users', 'total_users');
export const ORG_PAGE = page('orgs', 'total_orgs');

export const CREATED_KEY: Shape = { api_key_id: must('hex32'), api_key_token: must('text') };
export const IMPORTED_KEY: Shape = { api_key_id: must('hex32') };
export const USAGE: Shape = { count: must('int') };
export const CREATED_USER: Shape = { user_id: must('uuid') };
export const CREATED_ORG: Shape = { org_id: must('uuid'), name: must('text') };
export const ACCESS_TOKEN: Shape = { access_token: must('text') };

export const VALIDATION: Shape = {
  metadata: orNull('object'),
  user: orNull('object'),
  org: orNull('object'),
  user_in_org: orNull('object'),
  user_id: orNull('uuid'),
  org_id: orNull('uuid'),
};
export const ORG_OF_KEY: Shape = {
  org_id: must('uuid'),
  org_name: must('text'),
  name: must('text'),
  can_setup_saml: must('bool'),
  is_saml_configured: must('bool'),
  metadata: must('object'),
  max_users: open('int32'),
  legacy_org_id: open('text'),
  custom_role_mapping_name: open('text'),
};

export const USER: Shape = {
  user_id: must('uuid'),
  email: must('text'),
  email_confirmed: must('bool'),
  has_password: must('bool'),
  locked: must('bool'),
  enabled: must('bool'),
  mfa_enabled: must('bool'),
  update_password_required: must('bool'),
  can_create_orgs: must('bool'),
  can_create_org: must('bool'),
  created_at: must('int'),
  last_active_at: must('int'),
  metadata: orNull('object'),
  properties: open('object'),
  username: open('text'),
  first_name: open('text'),
  last_name: open('text'),
  picture_url: open('text'),
  legacy_user_id: open('text'),
  org_id_to_org_info: open('object'),
};
export const USER_WITH_ORGS: Shape = { ...USER, org_id_to_org_info: must('object') };
export const USER_IN_ORG: Shape = { ...USER, role_in_org: must('text'), additional_roles_in_org: must('texts') };
/** By username: a user without one crashes the Go client. */
export const USER_BY_USERNAME: Shape = { ...USER, username: must('text') };

export const MEMBERSHIP: Shape = {
  org_id: must('uuid'),
  org_name: must('text'),
  org_metadata: must('object'),
  url_safe_org_name: must('text'),
  org_role_structure: must('role structure'),
  user_role: must('text'),
  inherited_user_roles_plus_current_role: must('texts'),
  user_permissions: must('texts'),
  additional_roles: must('texts'),
  legacy_org_id: open('text'),
};

export const ORG: Shape = {
  org_id: must('uuid'),
  name: must('text'),
  org_name: must('text'),
  url_safe_org_slug: must('text'),
  can_setup_saml: must('bool'),
  is_saml_configured: must('bool'),
  is_saml_in_test_mode: must('bool'),
  domain_autojoin: must('bool'),
  domain_restrict: must('bool'),
  extra_domains: must('texts'),
  password_rotation_enabled: must('bool'),
  password_rotation_history_size: must('int32'),
  password_rotation_period: must('int32'),
  metadata: must('object'),
  domain: open('text'),
  legacy_org_id: open('text'),
  custom_role_mapping_name: open('text'),
  max_users: open('int32'),
};
export const ORG_ROW: Shape = {
  org_id: must('uuid'),
  name: must('text'),
  org_name: must('text'),
  is_saml_configured: must('bool'),
  created_at: must('int'),
  metadata: must('object'),
  max_users: open('int32'),
  legacy_org_id: open('text'),
  custom_role_mapping_name: open('text'),
};

/** Claims of an access token: null is refused where a client refuses it. */
export const CLAIMS: Shape = {
  sub: must('uuid'),
  user_id: must('uuid'),
  email: must('text'),
  iat: must('int'),
  exp: must('int'),
  iss: must('text'),
  login_method: must('object'),
  first_name: open('text'),
  last_name: open('text'),
  username: open('text'),
  properties: open('object'),
  legacy_user_id: open('text'),
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const CHECKS: Readonly<Record<FieldRule['is'], (value: unknown) => boolean>> = {
  text: isText,
  uuid: (value) => isText(value) && /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value),
  hex32: (value) => isText(value) && /^[0-9a-f]{32}$/.test(value),
  int: (value) => Number.isSafeInteger(value),
  int32: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= 2_147_483_647,
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  bool: (value) => typeof value === 'boolean',
  object: isObject,
  texts: (value) => Array.isArray(value) && value.every(isText),
  list: Array.isArray,
  'role structure': (value) => value === 'single_role_in_hierarchy' || value === 'multi_role',
};

/** Null when the field is as the rule says, else what is wrong with it. */
export const complaintAbout = (field: string, rule: FieldRule, found: Readonly<Record<string, unknown>>): string | null => {
  if (!Object.hasOwn(found, field)) return rule.unset === 'open' ? null : `${field} is missing`;
  const value = found[field];
  if (value === null) return rule.unset === 'never' ? `${field} is null` : null;
  return CHECKS[rule.is](value) ? null : `${field} is ${JSON.stringify(value)}, expected ${rule.is}`;
};
