import { Inject, Module, type OnModuleInit, Optional } from '@nestjs/common';
import { LogTail } from '@app/log';
import { EntityStates, Metrics, observeProjection } from '@app/platform';
import { AccessTokenSigner } from './access-tokens/access-token-signer.js';
import { CreateAccessToken } from './access-tokens/create-access-token.js';
import { Claims } from './claims.js';
import { DirectoryChanges } from './directory-changes.js';
import { DirectoryProjection } from './directory-projection.js';
import { DirectoryQueries } from './directory-queries.rpc.js';
import { EnvironmentCommands } from './environment-commands.rpc.js';
import { ChangeSettings } from './environments/change-settings.js';
import { CreateEnvironment } from './environments/create-environment.js';
import { RotateSigningKey } from './environments/rotate-signing-key.js';
import { SigningKeys } from './environments/signing-keys.js';
import { OrganizationCommands } from './organization-commands.rpc.js';
import { CreateOrganization } from './organizations/create-organization.js';
import { BatchUsers } from './queries/batch-users.js';
import { FetchOrganization } from './queries/fetch-organization.js';
import { FetchUser } from './queries/fetch-user.js';
import { ListEnvironments } from './queries/list-environments.js';
import { QueryOrganizations } from './queries/query-organizations.js';
import { QueryUsers } from './queries/query-users.js';
import { SessionCommands } from './session-commands.rpc.js';
import { EndSession } from './sessions/end-session.js';
import { FetchSession } from './sessions/fetch-session.js';
import { LogIn } from './sessions/log-in.js';
import { OpenSessions } from './sessions/open-sessions.js';
import { RefreshSession } from './sessions/refresh-session.js';
import { SignUp } from './sessions/sign-up.js';
import { UserCommands } from './user-commands.rpc.js';
import { CreateUser } from './users/create-user.js';
import { Passwords } from './users/passwords.js';

/**
 * Users, organizations, memberships, environments. Needs from the composition: Clock, EventLog, LogTail, StateCache, CommandRunner,
 * ViewStore, DirectoryViews, ChangeCommands and DirectorySecrets.
 */
@Module({
  controllers: [UserCommands, SessionCommands, OrganizationCommands, EnvironmentCommands, DirectoryQueries],
  providers: [
    Claims,
    Passwords,
    SigningKeys,
    EntityStates,
    DirectoryChanges,
    DirectoryProjection,
    CreateUser,
    CreateOrganization,
    CreateEnvironment,
    ChangeSettings,
    RotateSigningKey,
    AccessTokenSigner,
    CreateAccessToken,
    OpenSessions,
    LogIn,
    SignUp,
    RefreshSession,
    EndSession,
    FetchSession,
    ListEnvironments,
    FetchUser,
    BatchUsers,
    QueryUsers,
    FetchOrganization,
    QueryOrganizations,
  ],
})
export class DirectoryModule implements OnModuleInit {
  constructor(
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Optional() @Inject(Metrics) private readonly metrics?: Metrics,
  ) {}

  onModuleInit(): void {
    if (this.metrics === undefined) return;
    observeProjection(this.metrics, 'directory', () => this.tail.applied - this.projection.position);
  }
}
