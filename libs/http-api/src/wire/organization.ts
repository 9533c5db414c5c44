import type { OrganizationRecord } from '@app/domain';
import { toSeconds } from './seconds.js';

// Left out while unset. `metadata` is always an object: the Rust client refuses null. The name twice: the Go client reads `org_name`, all others `name`.
const sharedFields = ({ orgId, profile }: OrganizationRecord) => ({
  org_id: orgId,
  name: profile.name,
  org_name: profile.name,
  is_saml_configured: false,
  metadata: profile.metadata,
  ...(profile.maxUsers === null ? {} : { max_users: profile.maxUsers }),
  ...(profile.customRoleMappingName === null ? {} : { custom_role_mapping_name: profile.customRoleMappingName }),
  ...(profile.legacyOrgId === null ? {} : { legacy_org_id: profile.legacyOrgId }),
});

/** The organization as a fetch returns it. */
export const wireOrganization = (org: OrganizationRecord) => ({
  ...sharedFields(org),
  url_safe_org_slug: org.slug,
  can_setup_saml: org.profile.canSetupSaml,
  is_saml_in_test_mode: false,
  domain_autojoin: org.profile.autojoinByDomain,
  domain_restrict: org.profile.restrictToDomain,
  ...(org.profile.domain === null ? {} : { domain: org.profile.domain }),
  extra_domains: org.profile.extraDomains,
  password_rotation_enabled: org.profile.passwordRotationEnabled,
  password_rotation_history_size: org.profile.passwordRotationHistorySize,
  password_rotation_period: org.profile.passwordRotationPeriodDays,
  isolated: false,
});

/** The organization as a row of the query. */
export const wireOrganizationRow = (org: OrganizationRecord) => ({ ...sharedFields(org), created_at: toSeconds(org.createdAtMs) });

/** The organization as a validation returns it: clients read `org_name`, and the types of the Node client have `name`. */
export const wireOrganizationOfKey = ({ orgId, profile }: OrganizationRecord) => ({
  org_id: orgId,
  org_name: profile.name,
  name: profile.name,
  can_setup_saml: profile.canSetupSaml,
  is_saml_configured: false,
  max_users: profile.maxUsers,
  metadata: profile.metadata,
  legacy_org_id: profile.legacyOrgId,
  custom_role_mapping_name: profile.customRoleMappingName,
});
