export * from './digest.js';
export * from './native-token.js';
export * from './refresh-token.js';
export * from './secret.js';
export {
  bearerToken,
  CHECKSUM_LENGTH,
  hasImportedLength,
  hasValidChecksum,
  IMPORTED_TOKEN_MAX_BYTES,
  IMPORTED_TOKEN_MIN_BYTES,
  mintApiKeyToken,
  mintBackendKey,
  mintOrganizationToken,
  newKeyId,
  withoutBearer,
} from './token-format.js';
