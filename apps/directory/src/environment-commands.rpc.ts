import { Inject } from '@nestjs/common';
import { Handles, MessageHandlers } from '@app/platform';
import { ChangeSettings } from './environments/change-settings.js';
import { CreateEnvironment } from './environments/create-environment.js';
import type { In, Out } from './message-types.js';

/** Commands on environments. */
@MessageHandlers()
export class EnvironmentCommands {
  constructor(
    @Inject(CreateEnvironment) private readonly creation: CreateEnvironment,
    @Inject(ChangeSettings) private readonly settings: ChangeSettings,
  ) {}

  @Handles('directory.create-environment')
  createEnvironment(message: In<'directory.create-environment'>): Out<'directory.create-environment'> {
    return this.creation.run(message);
  }

  @Handles('directory.change-settings')
  changeSettings(message: In<'directory.change-settings'>): Out<'directory.change-settings'> {
    return this.settings.run(message);
  }
}
