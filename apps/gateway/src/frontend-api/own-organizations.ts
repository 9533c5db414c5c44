import { Inject, Injectable } from '@nestjs/common';
import { parseUuid } from '@app/http-api';
import { activeMembershipOf, type Membership, type UserRecord } from '@app/domain';
import { UserOrganizations } from '../entry/user-organizations.js';

export interface OwnOrganization {
  readonly orgId: string;
  readonly membership: Membership;
}

/** The organizations of the user, without deleted ones. From memory, under the fence. */
@Injectable()
export class OwnOrganizations {
  constructor(@Inject(UserOrganizations) private readonly organizations: UserOrganizations) {}

  async idsOf(user: UserRecord): Promise<readonly string[]> {
    return (await this.organizations.of(user)).map(({ orgId }) => orgId);
  }

  /** Null if the text is not the id of an organization of the user, or if the organization is deleted. */
  async find(user: UserRecord, text: string): Promise<OwnOrganization | null> {
    const orgId = parseUuid(text);
    if (orgId === null || !(await this.idsOf(user)).includes(orgId)) return null;
    const membership = activeMembershipOf(user, orgId);
    return membership === null ? null : { orgId, membership };
  }
}
