import { Inject, Injectable } from '@nestjs/common';
import { notFound } from '@app/domain';
import { DirectoryViews } from '@app/ports';
import type { In, Out } from '../message-types.js';
import { findUsers } from './find-users.js';
import { FreshDirectory } from './fresh-directory.js';
import { usersWithOrgs } from './users-with-orgs.js';

/** One user by id, address or user name. */
@Injectable()
export class FetchUser {
  constructor(
    @Inject(FreshDirectory) private readonly fresh: FreshDirectory,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { environmentId, leftMs }, data: { by, value, includeOrgs } }: In<'directory.fetch-user'>): Out<'directory.fetch-user'> {
    const pos = await this.fresh.upToHead(leftMs);
    const users = await findUsers(this.views, environmentId, by, [value]);
    const [found] = await usersWithOrgs(this.views, environmentId, users, includeOrgs);
    if (found === undefined) throw notFound();
    return { data: found, pos };
  }
}
