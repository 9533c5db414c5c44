export const OWNER = 'Owner';

/** From the most powerful to the least; each inherits those after it. */
export const ROLES = [OWNER, 'Admin', 'Member'] as const;
export type Role = (typeof ROLES)[number];

export const BUILT_IN_PERMISSIONS = [
  'propelauth::can_invite',
  'propelauth::can_change_roles',
  'propelauth::can_remove_users',
  'propelauth::can_setup_saml',
  'propelauth::can_manage_api_keys',
] as const;
export type BuiltInPermission = (typeof BUILT_IN_PERMISSIONS)[number];

const PERMISSIONS_OF: Readonly<Record<Role, readonly BuiltInPermission[]>> = {
  Owner: BUILT_IN_PERMISSIONS,
  Admin: BUILT_IN_PERMISSIONS.filter((permission) => permission !== 'propelauth::can_setup_saml'),
  Member: [],
};

export const isRole = (role: string): role is Role => ROLES.some((known) => known === role);

/** The role itself and all below it, most powerful first. */
export const inheritedRoles = (role: string): readonly string[] => (isRole(role) ? ROLES.slice(ROLES.indexOf(role)) : [role]);

export const permissionsOfRole = (role: string): readonly BuiltInPermission[] => (isRole(role) ? PERMISSIONS_OF[role] : []);

/** Whether a member may create, see and revoke the organization's keys. Additional roles count: they grant and never take away. */
export const mayManageKeys = ({ role, additionalRoles }: { readonly role: string; readonly additionalRoles: readonly string[] }): boolean =>
  [role, ...additionalRoles].some((one) => permissionsOfRole(one).includes('propelauth::can_manage_api_keys'));
