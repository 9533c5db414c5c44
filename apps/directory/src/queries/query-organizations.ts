import { Inject, Injectable } from '@nestjs/common';
import { tags, toOrganizationRecord } from '@app/domain';
import { EntityStates } from '@app/platform';
import { DirectoryViews } from '@app/ports';
import { DirectoryProjection } from '../directory-projection.js';
import type { In, Out } from '../message-types.js';
import { refuseWithoutOrganizations } from '../organizations/organizations-enabled.js';

/** A page of organizations. */
@Injectable()
export class QueryOrganizations {
  constructor(
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { environmentId, leftMs }, data }: In<'directory.query-organizations'>): Out<'directory.query-organizations'> {
    const pos = await this.projection.upToHead(leftMs);
    refuseWithoutOrganizations(await this.states.load('env-', tags.env(environmentId)));
    const { rows, total } = await this.views.queryOrganizations({ ...data, environmentId });
    return { data: { items: rows.map(toOrganizationRecord), total }, pos };
  }
}
