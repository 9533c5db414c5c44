export { type Core, type CoreFailures, coreProviders, openCore } from './core.js';
