import { ApiKeysQuery, CreateApiKeyBody, ImportApiKeyBody, UpdateApiKeyBody, UsageQuery, ValidateApiKeyBody } from '../dto/api-keys.js';
import { backendEndpoint } from './endpoint.js';

const KEYS = '/api/backend/v1/end_user_api_keys';

export const API_KEY_ENDPOINTS = [
  backendEndpoint('create-api-key', `POST ${KEYS}`, 'Create API Keys', 'Creates a key and returns its token. The token is shown only once.', {
    body: CreateApiKeyBody,
    idempotent: true,
  }),
  backendEndpoint('import-api-key', `POST ${KEYS}/import`, 'Import API Keys', 'Imports a key that another system created.', {
    body: ImportApiKeyBody,
    idempotent: true,
  }),
  backendEndpoint('fetch-api-key', `GET ${KEYS}/{api_key_id}`, 'Read API Keys', 'Fetches a key, also an archived one.'),
  backendEndpoint('list-api-keys', `GET ${KEYS}`, 'Read API Keys', 'Lists living keys, newest first; filters combine.', { query: ApiKeysQuery }),
  backendEndpoint('list-archived-api-keys', `GET ${KEYS}/archived`, 'Read API Keys', 'Lists expired, deleted and invalidated keys, newest first.', {
    query: ApiKeysQuery,
  }),
  backendEndpoint('count-api-key-usage', `GET ${KEYS}/usage`, 'Read API Keys', 'Counts the successful validations of a UTC day.', { query: UsageQuery }),
  backendEndpoint('update-api-key', `PATCH ${KEYS}/{api_key_id}`, 'Update API Keys', 'Changes expiry or metadata of a key.', { body: UpdateApiKeyBody }),
  backendEndpoint('delete-api-key', `DELETE ${KEYS}/{api_key_id}`, 'Delete API Keys', 'Revokes a key; it is dead when the call returns.'),
  backendEndpoint('validate-api-key', `POST ${KEYS}/validate`, 'Validate API Keys', 'Validates a key and returns its owner, or 400.', {
    servedBy: 'validation',
    body: ValidateApiKeyBody,
  }),
  backendEndpoint('validate-imported-api-key', `POST ${KEYS}/validate_imported`, 'Validate API Keys', 'Validates an imported key.', {
    servedBy: 'validation',
    body: ValidateApiKeyBody,
  }),
] as const;
