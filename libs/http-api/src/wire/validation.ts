import { activeMembershipOf, type KeyVerdictRecords, type OrganizationRecord, type UserRecord } from '@app/domain';
import { type WireMembership, wireMembership } from './membership.js';
import { wireOrganizationOfKey } from './organization.js';
import { type WireUser, wireUser } from './user.js';

export interface WireValidation {
  readonly metadata: object | null;
  readonly user: WireUser | null;
  readonly org: ReturnType<typeof wireOrganizationOfKey> | null;
  readonly user_in_org: WireMembership | null;
  readonly user_id: string | null;
  readonly org_id: string | null;
}

const userInOrg = (user: UserRecord | null, org: OrganizationRecord | null): WireMembership | null => {
  if (user === null || org === null) return null;
  const membership = activeMembershipOf(user, org.orgId);
  return membership === null ? null : wireMembership(org, membership);
};

/**
 * The response to a valid key. Clients tell the kinds apart by null alone (personal: a user and no organization), so `user_id` is null
 * without `shownUser`: a key that outlived its user must not act for that user.
 */
export const wireValidation = (records: KeyVerdictRecords, shownUser: UserRecord | null, nowMs: number): WireValidation => ({
  metadata: records.key.metadata,
  user: shownUser && wireUser(shownUser, records.memberOrgs, nowMs),
  org: records.org && wireOrganizationOfKey(records.org),
  user_in_org: userInOrg(shownUser, records.org),
  user_id: shownUser?.userId ?? null,
  org_id: records.key.orgId,
});
