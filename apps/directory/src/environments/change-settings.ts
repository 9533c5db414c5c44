import { Inject, Injectable } from '@nestjs/common';
import { decideChangeSettings, type EnvironmentSettings, hostOfOrigin, notFound, tags } from '@app/domain';
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
    const { pos } = await this.directoryChanges.make(meta, {
      names: await this.#names(environmentId, changes),
      decide: (view) => decideChangeSettings({ environmentId, changes }, {
        environment: view.environment(environmentId), host: changes.authUrl === undefined ? null : view.claim(tags.authHost(hostOfOrigin(changes.authUrl))),
      }),
    });
    const environment = await this.states.load('env-', tags.env(environmentId));
    if (environment === null) throw notFound();
    return { data: { settings: environment.settings }, pos };
  }

  /** Who asks at the new host or at the old one must not be answered from before the move. */
  async #names(environmentId: string, { authUrl }: Partial<EnvironmentSettings>): Promise<readonly string[]> {
    if (authUrl === undefined) return [tags.env(environmentId)];
    const environment = await this.states.load('env-', tags.env(environmentId));
    const urls = [authUrl, ...(environment === null ? [] : [environment.settings.authUrl])];
    return [...new Set([tags.env(environmentId), ...urls.map((url) => tags.authHost(hostOfOrigin(url)))])];
  }
}
