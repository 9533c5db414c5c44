export * from './clock.js';
export * from './event-log.js';
export * from './event-stream.js';
export * from './rate-limiter.js';
export * from './read-models.js';
export * from './shared-cache.js';
export * from './usage-store.js';
