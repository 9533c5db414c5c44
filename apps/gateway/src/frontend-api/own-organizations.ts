import { Inject, Injectable } from '@nestjs/common';
import { parseUuid } from '@app/http-api';
import { activeMembershipOf, type Membership, type UserRecord } from '@app/domain';
import { UserOrganizations } from '../entry/user-organizations.js';

export interface OwnOrganization {
  readonly orgId: string;
  readonly membership: Membership;
}

/** What the user is a member of, without deleted organizations. From memory, under the fence. */
@Injectable()
export class OwnOrganizations {
  constructor(@Inject(UserOrganizations) private readonly organizations: UserOrganizations) {}

  async idsOf(user: UserRecord): Promise<readonly string[]> {
    return (await this.organizations.of(user)).map(({ orgId }) => orgId);
  }

  /** Null for any text that names no living organization of the user. */
  async find(user: UserRecord, text: string): Promise<OwnOrganization | null> {
    const orgId = parseUuid(text);
    if (orgId === null || !(await this.idsOf(user)).includes(orgId)) return null;
    const membership = activeMembershipOf(user, orgId);
    return membership === null ? null : { orgId, membership };
  }
}
