import { Module } from '@nestjs/common';
import { BackendKeyVerifier } from './access/backend-key-verifier.js';
import { FenceBackendKeyVerifier } from './access/fence-backend-key-verifier.js';
import { ApiKeyQueriesController } from './api/api-key-queries.controller.js';
import { ApiKeysController } from './api/api-keys.controller.js';
import { OrganizationsController } from './api/organizations.controller.js';
import { TokensController } from './api/tokens.controller.js';
import { UserQueriesController } from './api/user-queries.controller.js';
import { UsersController } from './api/users.controller.js';

/**
 * The HTTP edge of the backend API. It needs from outside, once per process: `RpcClient`, `FenceNode` and
 * `PlatformLimit`. The adapter is made with `gatewayFastifyOptions`, the application finished by `configureGatewayHttp`.
 */
@Module({
  controllers: [UsersController, UserQueriesController, OrganizationsController, ApiKeysController, ApiKeyQueriesController, TokensController],
  // Not the guards: Nest makes one of each for the module itself, and a second limit guard would count apart.
  providers: [{ provide: BackendKeyVerifier, useClass: FenceBackendKeyVerifier }],
})
export class GatewayModule {}
