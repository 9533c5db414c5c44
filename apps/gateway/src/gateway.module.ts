import { Module } from '@nestjs/common';
import { ApiKeyQueriesController } from './backend-api/api-key-queries.controller.js';
import { ApiKeysController } from './backend-api/api-keys.controller.js';
import { OrganizationsController } from './backend-api/organizations.controller.js';
import { TokensController } from './backend-api/tokens.controller.js';
import { UserQueriesController } from './backend-api/user-queries.controller.js';
import { UsersController } from './backend-api/users.controller.js';
import { AccessTokenVerifier } from './entry/access-token-verifier.js';
import { FenceRecords, UnverifiedLookUps } from './entry/fence-records.js';
import { HostEnvironments } from './entry/host-environments.js';
import { OrganizationKeys } from './entry/organization-keys.js';
import { SessionCallers } from './entry/session-callers.js';
import { UserOrganizations } from './entry/user-organizations.js';
import { OwnApiKeyListsController } from './frontend-api/own-api-key-lists.controller.js';
import { OwnApiKeysController } from './frontend-api/own-api-keys.controller.js';
import { OwnOrganizations } from './frontend-api/own-organizations.js';
import { ManagedOrganization } from './organization-api/managed-organization.js';
import { OrganizationKeysController } from './organization-api/organization-keys.controller.js';
import { PublicController } from './organization-api/public.controller.js';
import { ReferenceController } from './reference/reference.controller.js';
import { LoginController } from './sessions/login.controller.js';
import { HeavyQuestions } from './entry/heavy-questions.js';
import { LoginLimits } from './sessions/login-limits.js';
import { RefreshSessions } from './sessions/refresh-sessions.js';
import { SessionsController } from './sessions/sessions.controller.js';

/**
 * The HTTP edge of all APIs. The process provides, once: `RpcClient`, `FenceNode`, `UsageCounter`, `PlatformLimit` and `EntryLimiters`, and
 * `LoopbackEnvironment` in a deployment in one process. It creates the adapter with `gatewayFastifyOptions` and calls `configureGatewayHttp`.
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
  // Without the guards: Nest creates one of each for the module itself, and a second limit guard would count separately.
  providers: [
    FenceRecords,
    HostEnvironments,
    SessionCallers,
    UserOrganizations,
    ManagedOrganization,
    OwnOrganizations,
    OrganizationKeys,
    AccessTokenVerifier,
    RefreshSessions,
    LoginLimits,
    HeavyQuestions,
    UnverifiedLookUps,
  ],
})
export class GatewayModule {}
