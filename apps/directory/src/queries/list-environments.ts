import { Inject, Injectable } from '@nestjs/common';
import { toEnvironmentRecord } from '@app/domain';
import { DirectoryViews } from '@app/ports';
import type { MessageOf, ReplyTo } from '@app/platform';
import { DirectoryProjection } from './directory-projection.js';

/** All environments, oldest first. */
@Injectable()
export class ListEnvironments {
  constructor(
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { leftMs } }: MessageOf<'directory.list-environments'>): ReplyTo<'directory.list-environments'> {
    const pos = await this.projection.upToHead(leftMs);
    return { data: { environments: (await this.views.environments()).map(toEnvironmentRecord) }, pos };
  }
}
