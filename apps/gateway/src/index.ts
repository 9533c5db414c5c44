export { LoopbackEnvironment } from './entry/host-environments.js';
export { CALLERS_IN_MEMORY, PlatformLimit } from './entry/limit.js';
export { EntryLimiters } from './entry/limits.js';
export { createGatewayAdapter } from './gateway-adapter.js';
export { configureGatewayHttp, gatewayFastifyOptions } from './gateway-http.js';
export { GatewayModule } from './gateway.module.js';
export { issueBackendKey } from './issue-backend-key.js';
