import { Inject, Module, type OnModuleInit, Optional } from '@nestjs/common';
import { LogTail } from '@app/log';
import { ChangeCommands, Changes, EntityStates, messageController, Metrics, observeProjection, useCasesOf } from '@app/platform';
import { AccessTokenSigner } from './access-tokens/access-token-signer.js';
import { DirectoryServices } from './directory-services.js';
import { SigningKeys } from './environments/signing-keys.js';
import { DIRECTORY_HANDLERS } from './handlers.js';
import { IdentifierHashes } from './hashing/identifier-hashes.js';
import { DirectoryProjection } from './queries/directory-projection.js';
import { SessionGrants } from './sessions/session-grants.js';
import { Passwords } from './passwords/passwords.js';

/**
 * Users, organizations, memberships, environments. Needs from the composition: Clock, EventLog, LogTail, StateCache, CommandRunner,
 * ViewStore, DirectoryViews, ChangeCommands, DirectorySecrets and PasswordHasher.
 */
@Module({
  controllers: [messageController(DIRECTORY_HANDLERS, { services: DirectoryServices })],
  providers: [
    ...useCasesOf(DIRECTORY_HANDLERS),
    {
      provide: Changes,
      useFactory: (commands: ChangeCommands, hashes: IdentifierHashes) => new Changes(commands, hashes),
      inject: [ChangeCommands, IdentifierHashes],
    },
    DirectoryServices,
    IdentifierHashes,
    Passwords,
    SigningKeys,
    EntityStates,
    DirectoryProjection,
    AccessTokenSigner,
    SessionGrants,
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
