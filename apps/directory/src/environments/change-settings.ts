import { Inject, Injectable } from '@nestjs/common';
import { decideChangeSettings, hostOfOrigin, notFound, tags } from '@app/domain';
import { EntityStates } from '@app/platform';
import { DirectoryChanges } from '../directory-changes.js';
import type { In, Out } from '../message-types.js';

/** Changes an environment's settings, and answers with all of them as they are then. */
@Injectable()
export class ChangeSettings {
  constructor(
    @Inject(DirectoryChanges) private readonly directoryChanges: DirectoryChanges,
    @Inject(EntityStates) private readonly states: EntityStates,
  ) {}

  async run({ meta, data: { changes } }: In<'directory.change-settings'>): Out<'directory.change-settings'> {
    const { environmentId } = meta;
    const hostTag = changes.authUrl === undefined ? null : tags.authHost(hostOfOrigin(changes.authUrl));
    const { pos } = await this.directoryChanges.make(meta, {
      // The host that is left is named by what is appended (`ChangeCommands`): by then another one may have moved.
      names: [tags.env(environmentId), ...(hostTag === null ? [] : [hostTag])],
      decide: (view) =>
        decideChangeSettings(
          { environmentId, changes },
          {
            environment: view.environment(environmentId),
            host: hostTag === null ? null : view.claim(hostTag),
          },
        ),
    });
    const environment = await this.states.load('env-', tags.env(environmentId));
    if (environment === null) throw notFound();
    return { data: { settings: environment.settings }, pos };
  }
}
