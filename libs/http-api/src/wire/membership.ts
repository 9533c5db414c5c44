import { inheritedRoles, type Membership, type OrganizationRecord, permissionsOfRole } from '@app/domain';

export interface WireMembership {
  readonly org_id: string;
  readonly org_name: string;
  readonly org_metadata: object;
  readonly url_safe_org_name: string;
  readonly org_role_structure: 'single_role_in_hierarchy';
  readonly user_role: string;
  readonly inherited_user_roles_plus_current_role: readonly string[];
  readonly user_permissions: readonly string[];
  readonly additional_roles: readonly string[];
  readonly legacy_org_id: string | null;
}

/** Not the slug: the Node client computes this from the current name when it looks up an organization by name. */
const urlSafeName = (name: string): string => name.toLowerCase().replaceAll(' ', '-');

/** A membership as every client reads it, in user objects, validations and access tokens. No field may be left out: Rust and Python fail. */
export const wireMembership = (org: OrganizationRecord, membership: Membership): WireMembership => ({
  org_id: org.orgId,
  org_name: org.profile.name,
  org_metadata: org.profile.metadata,
  url_safe_org_name: urlSafeName(org.profile.name),
  org_role_structure: 'single_role_in_hierarchy',
  user_role: membership.role,
  inherited_user_roles_plus_current_role: inheritedRoles(membership.role),
  user_permissions: permissionsOfRole(membership.role),
  additional_roles: membership.additionalRoles,
  legacy_org_id: org.profile.legacyOrgId,
});
