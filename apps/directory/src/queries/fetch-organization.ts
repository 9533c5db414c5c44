import { Inject, Injectable } from '@nestjs/common';
import { notFound, tags, toOrganizationRecord, refuseWithoutOrganizations } from '@app/domain';
import { EntityStates, type MessageOf, type ReplyTo } from '@app/platform';
import { DirectoryViews } from '@app/ports';
import { DirectoryProjection } from './directory-projection.js';

/** One organization by id. */
@Injectable()
export class FetchOrganization {
  constructor(
    @Inject(DirectoryProjection) private readonly projection: DirectoryProjection,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(DirectoryViews) private readonly views: DirectoryViews,
  ) {}

  async run({ meta: { environmentId, leftMs }, data: { orgId } }: MessageOf<'directory.fetch-organization'>): ReplyTo<'directory.fetch-organization'> {
    const pos = await this.projection.upToHead(leftMs);
    refuseWithoutOrganizations(await this.states.load('env-', tags.env(environmentId)));
    const [organization] = await this.views.organizationsById(environmentId, [orgId]);
    if (organization === undefined) throw notFound();
    return { data: toOrganizationRecord(organization), pos };
  }
}
