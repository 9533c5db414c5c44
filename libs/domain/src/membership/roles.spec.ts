import { expect, it } from 'vitest';
import { inheritedRoles, isRole, permissionsOfRole } from './roles.js';

it('a role inherits those below it', () => {
  expect(inheritedRoles('Owner')).toEqual(['Owner', 'Admin', 'Member']);
  expect(inheritedRoles('Admin')).toEqual(['Admin', 'Member']);
  expect(inheritedRoles('Member')).toEqual(['Member']);
});

it('owners have every right, admins all but set up SAML, members nothing', () => {
  expect(permissionsOfRole('Owner')).toEqual([
    'propelauth::can_invite',
    'propelauth::can_change_roles',
    'propelauth::can_remove_users',
    'propelauth::can_setup_saml',
    'propelauth::can_manage_api_keys',
  ]);
  expect(permissionsOfRole('Admin')).toEqual([
    'propelauth::can_invite',
    'propelauth::can_change_roles',
    'propelauth::can_remove_users',
    'propelauth::can_manage_api_keys',
  ]);
  expect(permissionsOfRole('Member')).toEqual([]);
});

it('an unknown role has no rights and inherits none', () => {
  expect([isRole('owner'), isRole('toString')]).toEqual([false, false]);
  expect(permissionsOfRole('owner')).toEqual([]);
  expect(inheritedRoles('Boss')).toEqual(['Boss']);
});
