export * from './deployment-secrets.js';
export * from './secrets-file.js';
export { createServiceSecrets, SECRETS_OF_SERVICE, SecretFiles } from './secret-files.js';
