export * from './in-process-rate-limiter.js';
export * from './in-process-transport.js';
