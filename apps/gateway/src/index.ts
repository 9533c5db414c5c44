export { BackendKeyVerifier, type VerifiedBackendKey } from './access/backend-key-verifier.js';
export { CALLERS_IN_MEMORY, PlatformLimit } from './access/platform-limit.js';
export { EdgeLimits } from './edge/edge-limits.js';
export { LoopbackEnvironment } from './edge/host-environments.js';
export { GatewayModule } from './gateway.module.js';
export { issueBackendKey } from './issue-backend-key.js';
export { createGatewayAdapter } from './http/gateway-adapter.js';
export { configureGatewayHttp, gatewayFastifyOptions } from './http/gateway-http.js';
