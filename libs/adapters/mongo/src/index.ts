export { dropViews } from './drop-views.js';
export { MongoDirectoryViews } from './mongo-directory-views.js';
export { MongoEventLog } from './mongo-event-log.js';
export { MongoKeyViews } from './mongo-key-views.js';
export { type MongoLink, openMongo } from './mongo-link.js';
export { MongoUsageStore } from './mongo-usage-store.js';
export { MongoViewStore } from './mongo-view-store.js';
