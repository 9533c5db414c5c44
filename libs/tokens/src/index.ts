export * from './digest.js';
export * from './secret.js';
export * from './token-format.js';
