export * from './directory-messages.js';
export * from './keys-messages.js';
export * from './message.js';
export * from './subjects.js';
export * from './validate-message.js';
