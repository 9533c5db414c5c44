import { Inject, Injectable } from '@nestjs/common';
import { tags, toOrganizationRecord, refuseWithoutOrganizations } from '@app/domain';
import { EntityStates, type MessageOf, type ReplyTo } from '@app/platform';
import { DirectoryViews } from '@app/ports';
import { DirectoryProjection } from './directory-projection.js';

/** A page of organizations. */
@Injectable()
export class QueryOrganizations {
  constructor(
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { environmentId, leftMs }, data }: MessageOf<'directory.query-organizations'>): ReplyTo<'directory.query-organizations'> {
    const pos = await this.projection.upToHead(leftMs);
    refuseWithoutOrganizations(await this.states.load('env-', tags.env(environmentId)));
    const { rows, total } = await this.views.queryOrganizations({ ...data, environmentId });
    return { data: { items: rows.map(toOrganizationRecord), total }, pos };
  }
}
