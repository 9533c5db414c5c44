export * from './deployment-secrets.js';
export * from './secrets-file.js';
