export * from './sqlite-directory-views.js';
export * from './sqlite-key-views.js';
export * from './sqlite-usage-store.js';
export * from './sqlite-view-store.js';
export { ViewsFile } from './views-file.js';
export { SqliteEventLog } from './sqlite-event-log.js';
export * from './data-lock.js';
