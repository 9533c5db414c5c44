export * from './redis-connection.js';
export * from './redis-rate-limiter.js';
export * from './redis-shared-cache.js';
