export { BackendKeyVerifier, type VerifiedBackendKey } from './access/backend-key-verifier.js';
export { CALLERS_IN_MEMORY, PlatformLimit } from './access/platform-limit.js';
export { GatewayModule } from './gateway.module.js';
export { issueBackendKey } from './issue-backend-key.js';
export { configureGatewayHttp, gatewayFastifyOptions } from './http/gateway-http.js';
