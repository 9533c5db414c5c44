import { Inject, Injectable } from '@nestjs/common';
import { toEnvironmentRecord } from '@app/domain';
import { DirectoryViews } from '@app/ports';
import type { In, Out } from '../message-types.js';
import { FreshDirectory } from './fresh-directory.js';

/** All environments, the first made first. */
@Injectable()
export class ListEnvironments {
  constructor(
    @Inject(FreshDirectory) private readonly fresh: FreshDirectory,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { leftMs } }: In<'directory.list-environments'>): Out<'directory.list-environments'> {
    const pos = await this.fresh.upToHead(leftMs);
    return { data: { environments: (await this.views.environments()).map(toEnvironmentRecord) }, pos };
  }
}
