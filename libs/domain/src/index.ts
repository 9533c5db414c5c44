export * from './environment-settings.js';
export * from './events.js';
export * from './records.js';
export * from './refusal.js';
export * from './states.js';
export * from './tags.js';
