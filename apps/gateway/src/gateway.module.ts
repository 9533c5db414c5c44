import { Module } from '@nestjs/common';
import { BackendKeyVerifier } from './access/backend-key-verifier.js';
import { FenceBackendKeyVerifier } from './access/fence-backend-key-verifier.js';
import { ApiKeyQueriesController } from './api/api-key-queries.controller.js';
import { ApiKeysController } from './api/api-keys.controller.js';
import { OrganizationsController } from './api/organizations.controller.js';
import { TokensController } from './api/tokens.controller.js';
import { UserQueriesController } from './api/user-queries.controller.js';
import { UsersController } from './api/users.controller.js';
import { HostEnvironments } from './edge/host-environments.js';
import { OrganizationKeys } from './edge/organization-keys.js';
import { UserOrganizations } from './edge/user-organizations.js';
import { OwnApiKeyListsController } from './frontend-api/own-api-key-lists.controller.js';
import { OwnApiKeysController } from './frontend-api/own-api-keys.controller.js';
import { OwnOrganizations } from './frontend-api/own-organizations.js';
import { ManagedOrganization } from './organization-api/managed-organization.js';
import { OrganizationKeysController } from './organization-api/organization-keys.controller.js';
import { PublicController } from './organization-api/public.controller.js';
import { ReferenceController } from './reference/reference.controller.js';
import { AccessTokenVerifier } from './sessions/access-token-verifier.js';
import { LoginController } from './sessions/login.controller.js';
import { LoginLimits } from './sessions/login-limits.js';
import { RefreshSessions } from './sessions/refresh-session.js';
import { SessionsController } from './sessions/sessions.controller.js';

/**
 * The HTTP edge of all APIs. It needs from outside, once per process: `RpcClient`, `FenceNode`, `UsageCounter`, `PlatformLimit` and
 * `EdgeLimits`; `LoopbackEnvironment` where one process is all there is. The adapter is made with `gatewayFastifyOptions`, the application finished by `configureGatewayHttp`.
 */
@Module({
  controllers: [
    UsersController,
    UserQueriesController,
    OrganizationsController,
    ApiKeysController,
    ApiKeyQueriesController,
    TokensController,
    LoginController,
    SessionsController,
    OrganizationKeysController,
    PublicController,
    OwnApiKeysController,
    OwnApiKeyListsController,
    ReferenceController,
  ],
  // Not the guards: Nest makes one of each for the module itself, and a second limit guard would count apart.
  providers: [
    { provide: BackendKeyVerifier, useClass: FenceBackendKeyVerifier },
    HostEnvironments,
    UserOrganizations,
    ManagedOrganization,
    OwnOrganizations,
    OrganizationKeys,
    AccessTokenVerifier,
    RefreshSessions,
    LoginLimits,
  ],
})
export class GatewayModule {}
