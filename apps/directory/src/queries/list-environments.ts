import { Inject, Injectable } from '@nestjs/common';
import { toEnvironmentRecord } from '@app/domain';
import { DirectoryViews } from '@app/ports';
import { DirectoryProjection } from '../directory-projection.js';
import type { In, Out } from '../message-types.js';

/** All environments, the first made first. */
@Injectable()
export class ListEnvironments {
  constructor(
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { leftMs } }: In<'directory.list-environments'>): Out<'directory.list-environments'> {
    const pos = await this.projection.upToHead(leftMs);
    return { data: { environments: (await this.views.environments()).map(toEnvironmentRecord) }, pos };
  }
}
