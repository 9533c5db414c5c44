export * from './admin-server.js';
export * from './admin-side.js';
export * from './fence-node-sources.js';
export * from './fence-node-watch.js';
export * from './log-sources.js';
export * from './metrics.js';
export * from './readiness.js';
export * from './usage-sources.js';
