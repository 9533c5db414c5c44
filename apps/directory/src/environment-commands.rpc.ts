import { Inject } from '@nestjs/common';
import { Handles, MessageHandlers } from '@app/platform';
import { ChangeSettings } from './environments/change-settings.js';
import { CreateEnvironment } from './environments/create-environment.js';
import { RotateSigningKey } from './environments/rotate-signing-key.js';
import type { In, Out } from './message-types.js';

/** Commands on environments. */
@MessageHandlers()
export class EnvironmentCommands {
  constructor(
    @Inject(CreateEnvironment) private readonly creation: CreateEnvironment,
    @Inject(ChangeSettings) private readonly settings: ChangeSettings,
    @Inject(RotateSigningKey) private readonly signingKey: RotateSigningKey,
  ) {}

  @Handles('directory.create-environment')
  createEnvironment(message: In<'directory.create-environment'>): Out<'directory.create-environment'> {
    return this.creation.run(message);
  }

  @Handles('directory.change-settings')
  changeSettings(message: In<'directory.change-settings'>): Out<'directory.change-settings'> {
    return this.settings.run(message);
  }

  @Handles('directory.publish-signing-key')
  publishSigningKey(message: In<'directory.publish-signing-key'>): Out<'directory.publish-signing-key'> {
    return this.signingKey.publish(message);
  }

  @Handles('directory.activate-signing-key')
  activateSigningKey(message: In<'directory.activate-signing-key'>): Out<'directory.activate-signing-key'> {
    return this.signingKey.activate(message);
  }
  @Handles('directory.revoke-signing-key')
  revokeSigningKey(message: In<'directory.revoke-signing-key'>): Out<'directory.revoke-signing-key'> {
    return this.signingKey.revoke(message);
  }
}
