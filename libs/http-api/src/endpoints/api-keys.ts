import { ApiKeysQuery, CreateApiKeyBody, ImportApiKeyBody, UpdateApiKeyBody, UsageQuery, ValidateApiKeyBody } from '../dto/api-keys.js';
import { backendEndpoint } from './endpoint.js';

const KEYS = '/api/backend/v1/end_user_api_keys';

export const API_KEY_ENDPOINTS = [
  backendEndpoint('create-api-key', `POST ${KEYS}`, 'Create API Keys', {
    summary: 'Create an API key',
    description: 'Creates a key and returns its token. The token is shown only once.',
    body: CreateApiKeyBody,
    idempotent: true,
  }),
  backendEndpoint('import-api-key', `POST ${KEYS}/import`, 'Import API Keys', {
    summary: 'Import an API key',
    description: 'Takes over a key that another system created, so that its token keeps working.',
    body: ImportApiKeyBody,
    idempotent: true,
  }),
  backendEndpoint('fetch-api-key', `GET ${KEYS}/{api_key_id}`, 'Read API Keys', {
    summary: 'Fetch an API key',
    description: 'Returns the key with this id, even if it is archived.',
  }),
  backendEndpoint('list-api-keys', `GET ${KEYS}`, 'Read API Keys', {
    summary: 'List active API keys',
    description: 'Returns one page of active keys, newest first. A key must match all filters.',
    query: ApiKeysQuery,
  }),
  backendEndpoint('list-archived-api-keys', `GET ${KEYS}/archived`, 'Read API Keys', {
    summary: 'List archived API keys',
    description: 'Returns one page of expired, revoked and invalidated keys, newest first. A key must match all filters.',
    query: ApiKeysQuery,
  }),
  backendEndpoint('count-api-key-usage', `GET ${KEYS}/usage`, 'Read API Keys', {
    summary: 'Count the validations of a day',
    description: 'Returns how many validations succeeded on a UTC day.',
    query: UsageQuery,
  }),
  backendEndpoint('update-api-key', `PATCH ${KEYS}/{api_key_id}`, 'Update API Keys', {
    summary: 'Update an API key',
    description: 'Changes the expiry or the metadata of a key.',
    body: UpdateApiKeyBody,
  }),
  backendEndpoint('delete-api-key', `DELETE ${KEYS}/{api_key_id}`, 'Delete API Keys', {
    summary: 'Revoke an API key',
    description: 'Revokes a key. The key is dead when the call returns.',
  }),
  backendEndpoint('validate-api-key', `POST ${KEYS}/validate`, 'Validate API Keys', {
    summary: 'Validate an API key',
    description: 'Returns the user and the organization that a valid key belongs to. An invalid key gets 400.',
    servedBy: 'validation',
    body: ValidateApiKeyBody,
  }),
  backendEndpoint('validate-imported-api-key', `POST ${KEYS}/validate_imported`, 'Validate API Keys', {
    summary: 'Validate an imported API key',
    description: 'Returns the user and the organization that a valid imported key belongs to. An invalid key gets 400.',
    servedBy: 'validation',
    body: ValidateApiKeyBody,
  }),
] as const;
