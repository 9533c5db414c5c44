import { ApiKeysQuery, CreateApiKeyBody, ImportApiKeyBody, UpdateApiKeyBody, UsageQuery, ValidateApiKeyBody } from '../dto/api-keys.js';
import { endpoint } from './endpoint-shape.js';

const KEYS = '/api/backend/v1/end_user_api_keys';

export const API_KEY_ENDPOINTS = [
  endpoint('create-api-key', `POST ${KEYS}`, 'Create API Keys', 'Creates a key and answers its token, this once.', {
    body: CreateApiKeyBody,
    idempotent: true,
  }),
  endpoint('import-api-key', `POST ${KEYS}/import`, 'Import API Keys', 'Takes over a key that another system made.', {
    body: ImportApiKeyBody,
    idempotent: true,
  }),
  endpoint('fetch-api-key', `GET ${KEYS}/{api_key_id}`, 'Read API Keys', 'Fetches a key, archived ones too.'),
  endpoint('list-api-keys', `GET ${KEYS}`, 'Read API Keys', 'Lists living keys, newest first; filters combine.', { query: ApiKeysQuery }),
  endpoint('list-archived-api-keys', `GET ${KEYS}/archived`, 'Read API Keys', 'Lists expired, deleted and invalidated keys, newest first.', {
    query: ApiKeysQuery,
  }),
  endpoint('count-api-key-usage', `GET ${KEYS}/usage`, 'Read API Keys', 'Counts the successful validations of a UTC day.', { query: UsageQuery }),
  endpoint('update-api-key', `PATCH ${KEYS}/{api_key_id}`, 'Update API Keys', 'Changes expiry or metadata of a key.', { body: UpdateApiKeyBody }),
  endpoint('delete-api-key', `DELETE ${KEYS}/{api_key_id}`, 'Delete API Keys', 'Revokes a key; it is dead when this answers.'),
  endpoint('validate-api-key', `POST ${KEYS}/validate`, 'Validate API Keys', 'Answers whose key a token is, or 400.', {
    servedBy: 'validation',
    body: ValidateApiKeyBody,
  }),
  endpoint('validate-imported-api-key', `POST ${KEYS}/validate_imported`, 'Validate API Keys', 'The same for imported keys.', {
    servedBy: 'validation',
    body: ValidateApiKeyBody,
  }),
] as const;
