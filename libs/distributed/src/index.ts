export { keepTrying } from './keep-trying.js';
export { openMongoCore } from './mongo-core.js';
export { openMessages } from './messages.js';
export { nodeProviders, openNode } from './node-side.js';
export { processModule } from './process-module.js';
export { runService, type ServiceFacts, type ServiceProcess } from './service-process.js';
export {
  type DirectorySettings,
  type GatewaySettings,
  HTTP_SETTINGS,
  type KeysSettings,
  readDirectorySettings,
  readGatewaySettings,
  readKeysSettings,
  readValidationSettings,
  type ValidationSettings,
} from './service-settings.js';
