import { CreateOrganizationKeyBody, VerifyTokenBody } from '../dto/organization-api.js';
import { hostEndpoints } from './endpoint.js';

const endpoint = hostEndpoints('organization', { needsOrganizations: true });

const ORG_KEYS = '/api/v1/org/api-keys';
const PUBLIC = '/api/v1/public';

export const ORGANIZATION_API_ENDPOINTS = [
  endpoint('create-organization-key', `POST ${ORG_KEYS}`, 'session', {
    summary: 'Create an organization key',
    description: 'Creates a key of the organization and returns its token. The token is shown only once.',
    status: 201,
    body: CreateOrganizationKeyBody,
  }),
  endpoint('list-organization-keys', `GET ${ORG_KEYS}`, 'session', {
    summary: 'List organization keys',
    description: 'Returns all keys of the organization, newest first. A revoked or expired key stays in the list for 90 days.',
  }),
  endpoint('revoke-organization-key', `DELETE ${ORG_KEYS}/{key_id}`, 'session', {
    summary: 'Revoke an organization key',
    description: 'Revokes a key of the organization. The key is dead when the call returns.',
  }),
  endpoint('verify-user-token', `POST ${PUBLIC}/verify`, 'organization-key', {
    summary: 'Verify the access token of a member',
    description: 'Says whether an access token belongs to a member of the organization, and if so, to which one.',
    body: VerifyTokenBody,
  }),
  endpoint('fetch-member', `GET ${PUBLIC}/users/{member_id}`, 'organization-key', {
    summary: 'Fetch a member of the organization',
    description: 'Returns the member with this id.',
  }),
  endpoint('fetch-own-organization', `GET ${PUBLIC}/org`, 'organization-key', {
    summary: "Fetch the key's organization",
    description: 'Returns the organization that the key belongs to.',
  }),
] as const;
