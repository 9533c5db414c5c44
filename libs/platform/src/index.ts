export * from './change-commands.js';
export * from './logging.js';
export * from './message-handlers.js';
export * from './raw-routes.js';
export * from './rpc-client.js';
export * from './settings.js';
