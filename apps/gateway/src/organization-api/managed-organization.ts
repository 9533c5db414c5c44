import { Inject, Injectable } from '@nestjs/common';
import { activeMembershipOf, mayManageKeys, type OrganizationRecord, Refusal } from '@app/domain';
import type { ApiCall } from '../entry/call.js';
import { UserOrganizations } from '../entry/user-organizations.js';

/** The organization that `X-Org-Slug` names, if the user may manage its keys. */
@Injectable()
export class ManagedOrganization {
  constructor(@Inject(UserOrganizations) private readonly organizations: UserOrganizations) {}

  /** Refuses with NOT_FOUND if the organization does not exist or the user is not a member, then with FORBIDDEN. */
  async of({ request, session: { user } }: ApiCall): Promise<OrganizationRecord> {
    const slug = request.headers['x-org-slug'];
    const org = (await this.organizations.of(user)).find((one) => one.slug === slug);
    const membership = org === undefined ? null : activeMembershipOf(user, org.orgId);
    if (org === undefined || membership === null) throw new Refusal('NOT_FOUND');
    if (!mayManageKeys(membership)) throw new Refusal('FORBIDDEN');
    return org;
  }
}
