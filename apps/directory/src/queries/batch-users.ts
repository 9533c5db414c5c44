import { Inject, Injectable } from '@nestjs/common';
import { DirectoryViews } from '@app/ports';
import { DirectoryProjection } from './directory-projection.js';
import { findUsers } from './find-users.js';
import type { MessageOf, ReplyTo } from '@app/platform';
import { usersWithOrgs } from './users-with-orgs.js';

/** Several users by id, address or user name; unknown ones are left out. */
@Injectable()
export class BatchUsers {
  constructor(
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { environmentId, leftMs }, data: { by, values, includeOrgs } }: MessageOf<'directory.batch-users'>): ReplyTo<'directory.batch-users'> {
    const pos = await this.projection.upToHead(leftMs);
    const found = await findUsers(this.views, environmentId, by, values);
    return { data: { users: await usersWithOrgs(this.views, environmentId, found, includeOrgs) }, pos };
  }
}
