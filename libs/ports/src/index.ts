export * from './clock.js';
export * from './event-log.js';
export * from './read-models.js';
export * from './usage-store.js';
