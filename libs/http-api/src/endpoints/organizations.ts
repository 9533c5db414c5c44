import { CreateOrganizationBody, MemberBody, MemberRoleBody, OrganizationsQuery, UpdateOrganizationBody } from '../dto/organizations.js';
import { backendEndpoint } from './endpoint.js';

const ORG = '/api/backend/v1/org';
const needsOrganizations = true;

export const ORGANIZATION_ENDPOINTS = [
  backendEndpoint('create-organization', `POST ${ORG}/`, 'Create Organizations', 'Creates an organization.', {
    needsOrganizations,
    body: CreateOrganizationBody,
    idempotent: true,
  }),
  backendEndpoint('fetch-organization', `GET ${ORG}/{org_id}`, 'Read Organizations', 'Fetches an organization.', { needsOrganizations }),
  backendEndpoint(
    'query-organizations',
    `POST ${ORG}/query`,
    'Read Organizations',
    'Lists organizations. The fields are in the body of a POST, or in the query of a GET.',
    {
      needsOrganizations,
      alsoMethod: 'GET',
      body: OrganizationsQuery,
      query: OrganizationsQuery,
    },
  ),
  backendEndpoint(
    'update-organization',
    `PUT ${ORG}/{org_id}`,
    'Update Organizations',
    'Updates the given fields of an organization; an empty text clears a field.',
    {
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
    },
  ),
  backendEndpoint(
    'delete-organization',
    `DELETE ${ORG}/{org_id}`,
    'Delete Organizations',
    'Deletes an organization; its keys are dead when the call returns.',
    {
      needsOrganizations,
    },
  ),
  backendEndpoint('add-member', `POST ${ORG}/add_user`, 'Update Organization Members', 'Adds a user to an organization.', {
    needsOrganizations,
    body: MemberRoleBody,
  }),
  backendEndpoint('change-role', `POST ${ORG}/change_role`, 'Update Organization Members', 'Changes the role of a member.', {
    needsOrganizations,
    body: MemberRoleBody,
  }),
  backendEndpoint('remove-member', `POST ${ORG}/remove_user`, 'Update Organization Members', 'Removes a user from an organization.', {
    needsOrganizations,
    body: MemberBody,
  }),
] as const;
