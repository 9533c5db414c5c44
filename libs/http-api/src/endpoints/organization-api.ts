import { CreateOrganizationKeyBody, VerifyTokenBody } from '../dto/organization-api.js';
import { hostEndpoints } from './endpoint.js';

const endpoint = hostEndpoints('organization', { needsOrganizations: true });

const ORG_KEYS = '/api/v1/org/api-keys';
const PUBLIC = '/api/v1/public';

export const ORGANIZATION_API_ENDPOINTS = [
  endpoint('create-organization-key', `POST ${ORG_KEYS}`, 'session', 'Creates a key of the organization and returns it. The key is shown only once.', {
    status: 201,
    body: CreateOrganizationKeyBody,
  }),
  endpoint('list-organization-keys', `GET ${ORG_KEYS}`, 'session', 'Lists all keys of the organization, newest first; dead ones for 90 days.'),
  endpoint('revoke-organization-key', `DELETE ${ORG_KEYS}/{key_id}`, 'session', 'Revokes a key of the organization; it is dead when the call returns.'),
  endpoint('verify-user-token', `POST ${PUBLIC}/verify`, 'organization-key', 'Checks whether an access token belongs to a member, and to which one.', {
    body: VerifyTokenBody,
  }),
  endpoint('fetch-member', `GET ${PUBLIC}/users/{member_id}`, 'organization-key', 'Fetches a member of the organization.'),
  endpoint('fetch-own-organization', `GET ${PUBLIC}/org`, 'organization-key', "Fetches the key's organization."),
] as const;
