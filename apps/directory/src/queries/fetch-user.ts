import { Inject, Injectable } from '@nestjs/common';
import { notFound } from '@app/domain';
import { DirectoryViews } from '@app/ports';
import { DirectoryProjection } from './directory-projection.js';
import { findUsers } from './find-users.js';
import type { MessageOf, ReplyTo } from '@app/platform';
import { usersWithOrgs } from './users-with-orgs.js';

/** One user by id, address or user name. */
@Injectable()
export class FetchUser {
  constructor(
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { environmentId, leftMs }, data: { by, value, includeOrgs } }: MessageOf<'directory.fetch-user'>): ReplyTo<'directory.fetch-user'> {
    const pos = await this.projection.upToHead(leftMs);
    const users = await findUsers(this.views, environmentId, by, [value]);
    const [found] = await usersWithOrgs(this.views, environmentId, users, includeOrgs);
    if (found === undefined) throw notFound();
    return { data: found, pos };
  }
}
