import { Inject, Injectable } from '@nestjs/common';
import { DirectoryViews, type Page } from '@app/ports';
import type { UserState } from '@app/domain';
import { DirectoryProjection } from './directory-projection.js';
import type { MessageOf, ReplyTo } from '@app/platform';
import { usersWithOrgs } from './users-with-orgs.js';

/** A page of users, of the whole environment or of one organization. */
@Injectable()
export class QueryUsers {
  constructor(
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { environmentId, leftMs }, data: { includeOrgs, ...query } }: MessageOf<'directory.query-users'>): ReplyTo<'directory.query-users'> {
    const pos = await this.projection.upToHead(leftMs);
    const { rows, total } = await this.#page({ ...query, environmentId });
    return { data: { items: await usersWithOrgs(this.views, environmentId, rows, includeOrgs, query.orgId), total }, pos };
  }

  /** Members stay members of a deleted organization in their own records, so the organization is read first. */
  async #page(query: Parameters<DirectoryViews['queryUsers']>[0]): Promise<Page<UserState>> {
    const { environmentId, orgId } = query;
    const isGone = orgId !== null && (await this.views.organizationsById(environmentId, [orgId])).length === 0;
    return isGone ? { rows: [], total: 0 } : this.views.queryUsers(query);
  }
}
