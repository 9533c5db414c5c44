import { Inject, Injectable } from '@nestjs/common';
import { notFound, toOrganizationRecord } from '@app/domain';
import { DirectoryViews } from '@app/ports';
import { FreshStates } from '../fresh-states.js';
import type { In, Out } from '../message-types.js';
import { refuseWithoutOrganizations } from '../organizations/organizations-enabled.js';
import { FreshDirectory } from './fresh-directory.js';

/** One organization by id. */
@Injectable()
export class FetchOrganization {
  constructor(
    @Inject(FreshDirectory) private readonly fresh: FreshDirectory,
    @Inject(FreshStates) private readonly states: FreshStates,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { environmentId, leftMs }, data: { orgId } }: In<'directory.fetch-organization'>): Out<'directory.fetch-organization'> {
    const pos = await this.fresh.upToHead(leftMs);
    refuseWithoutOrganizations(await this.states.environment(environmentId));
    const [organization] = await this.views.organizationsById(environmentId, [orgId]);
    if (organization === undefined) throw notFound();
    return { data: toOrganizationRecord(organization), pos };
  }
}
