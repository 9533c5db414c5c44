import { Inject, Injectable } from '@nestjs/common';
import { toOrganizationRecord } from '@app/domain';
import { DirectoryViews } from '@app/ports';
import { FreshStates } from '../fresh-states.js';
import type { In, Out } from '../message-types.js';
import { refuseWithoutOrganizations } from '../organizations/organizations-enabled.js';
import { FreshDirectory } from './fresh-directory.js';

/** A page of organizations. */
@Injectable()
export class QueryOrganizations {
  constructor(
    @Inject(FreshDirectory) private readonly fresh: FreshDirectory,
    @Inject(FreshStates) private readonly states: FreshStates,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { environmentId, leftMs }, data }: In<'directory.query-organizations'>): Out<'directory.query-organizations'> {
    const pos = await this.fresh.upToHead(leftMs);
    refuseWithoutOrganizations(await this.states.environment(environmentId));
    const { rows, total } = await this.views.queryOrganizations({ ...data, environmentId });
    return { data: { items: rows.map(toOrganizationRecord), total }, pos };
  }
}
