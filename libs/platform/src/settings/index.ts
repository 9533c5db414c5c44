export * from './process-settings.js';
export * from './server-arguments.js';
export * from './setting.js';
export * from './settings-reader.js';
