import { Inject, Injectable } from '@nestjs/common';
import { activeOrgIds, type OrganizationRecord, tags, type UserRecord } from '@app/domain';
import { FenceRecords } from './fence-records.js';

const isLiving = (record: unknown): record is OrganizationRecord =>
  typeof record === 'object' && record !== null && 'kind' in record && record.kind === 'org' && 'deleted' in record && record.deleted === false;

/** The organizations that a user is a member of, without deleted ones. From memory, under the fence. */
@Injectable()
export class UserOrganizations {
  constructor(@Inject(FenceRecords) private readonly records: FenceRecords) {}

  async of(user: UserRecord): Promise<readonly OrganizationRecord[]> {
    return (await Promise.all(activeOrgIds(user).map((orgId) => this.records.byName(tags.org(orgId))))).filter(isLiving);
  }
}
