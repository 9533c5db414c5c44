import { CreateOrganizationBody, MemberBody, MemberRoleBody, OrganizationsQuery, UpdateOrganizationBody } from '../dto/organizations.js';
import { backendEndpoint } from './endpoint.js';

const ORG = '/api/backend/v1/org';
const needsOrganizations = true;

export const ORGANIZATION_ENDPOINTS = [
  backendEndpoint('create-organization', `POST ${ORG}/`, 'Create Organizations', {
    summary: 'Create an organization',
    description: 'Creates an organization and returns its id. The two domain flags are stored and returned, but nothing enforces them yet.',
    needsOrganizations,
    body: CreateOrganizationBody,
    idempotent: true,
  }),
  backendEndpoint('fetch-organization', `GET ${ORG}/{org_id}`, 'Read Organizations', {
    summary: 'Fetch an organization',
    description: 'Returns the organization with this id.',
    needsOrganizations,
  }),
  backendEndpoint('query-organizations', `POST ${ORG}/query`, 'Read Organizations', {
    summary: 'List organizations',
    description: 'Returns one page of organizations. A `POST` has the fields in its body, a `GET` in its query.',
    needsOrganizations,
    alsoMethod: 'GET',
    body: OrganizationsQuery,
    query: OrganizationsQuery,
  }),
  backendEndpoint('update-organization', `PUT ${ORG}/{org_id}`, 'Update Organizations', {
    summary: 'Update an organization',
    description:
      'Changes the fields that the request contains. An empty string clears a field. ' +
      'Settings for domains, SAML, two-factor authentication and password rotation are stored, but nothing enforces them yet.',
    needsOrganizations,
    body: UpdateOrganizationBody,
    fieldPermissions: {
      metadata: 'Update Organization Metadata',
      max_users: 'Update Organization Limits',
      can_setup_saml: 'Update Organization Security',
      require_2fa_by: 'Update Organization Security',
      password_rotation_enabled: 'Update Organization Security',
      password_rotation_history_size: 'Update Organization Security',
      password_rotation_period: 'Update Organization Security',
    },
  }),
  backendEndpoint('delete-organization', `DELETE ${ORG}/{org_id}`, 'Delete Organizations', {
    summary: 'Delete an organization',
    description: 'Deletes an organization. Its keys are dead when the call returns.',
    needsOrganizations,
  }),
  backendEndpoint('add-member', `POST ${ORG}/add_user`, 'Update Organization Members', {
    summary: 'Add a user to an organization',
    description: 'Makes a user a member of an organization.',
    needsOrganizations,
    body: MemberRoleBody,
  }),
  backendEndpoint('change-role', `POST ${ORG}/change_role`, 'Update Organization Members', {
    summary: 'Change the role of a member',
    description: 'Replaces the role and the additional roles of a member.',
    needsOrganizations,
    body: MemberRoleBody,
  }),
  backendEndpoint('remove-member', `POST ${ORG}/remove_user`, 'Update Organization Members', {
    summary: 'Remove a user from an organization',
    description: 'Ends the membership of a user in an organization.',
    needsOrganizations,
    body: MemberBody,
  }),
] as const;
