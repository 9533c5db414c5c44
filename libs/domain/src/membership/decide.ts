import { existing } from '../existing.js';
import { jsonEqual } from '../json.js';
import type { DomainEvent } from '../log-events.js';
import { invalidField, notFound } from '../refusal.js';
import { tags } from '../tags.js';
import { isRole, OWNER, ROLES } from './roles.js';
import { activeMembershipOf, type Membership, type Memberships } from './state.js';

export interface OfMembership {
  readonly userId: string;
  readonly orgId: string;
  readonly environmentId: string;
}
export interface MembershipRolesCommand extends OfMembership {
  readonly role: string;
  readonly additionalRoles: readonly string[];
}

// The fields of the three states that the rules read. Declared here, because users, organizations and environments depend on memberships: an import of
// their states would be a cycle.
interface MemberState {
  readonly userId: string;
  readonly environmentId: string;
  readonly deleted: boolean;
  readonly memberships: Memberships;
}
interface MemberOrganizationState {
  readonly orgId: string;
  readonly environmentId: string;
  readonly deleted: boolean;
  readonly profile: { readonly maxUsers: number | null };
  readonly memberCount: number;
  readonly ownerCount: number;
}
interface MemberEnvironmentState {
  readonly environmentId: string;
  readonly settings: { readonly invalidateOrgApiKeyUponUserRemoval: boolean };
}
export interface UserAndOrganization {
  readonly user: MemberState | null;
  readonly organization: MemberOrganizationState | null;
}

const userAndOrganization = ({ environmentId }: OfMembership, s: UserAndOrganization) => ({
  user: existing(environmentId, s.user),
  organization: existing(environmentId, s.organization),
});

const UNKNOWN_ROLE = `There is no such role; use one of ${ROLES.join(', ')}.`;

const refuseUnknownRoles = ({ role, additionalRoles }: MembershipRolesCommand): void => {
  if (!isRole(role)) throw invalidField('role', UNKNOWN_ROLE);
  if (!additionalRoles.every(isRole)) throw invalidField('additionalRoles', UNKNOWN_ROLE);
};

const isLastOwner = (membership: Membership, organization: MemberOrganizationState): boolean => membership.role === OWNER && organization.ownerCount <= 1;

export const decideAddMember = (cmd: MembershipRolesCommand, s: UserAndOrganization): readonly DomainEvent[] => {
  const { user, organization } = userAndOrganization(cmd, s);
  refuseUnknownRoles(cmd);
  const { userId } = user;
  const { orgId } = organization;
  const { role, additionalRoles } = cmd;
  if (activeMembershipOf(user, orgId) !== null) throw invalidField('userId', 'The user is a member already; change the role instead.');
  const { maxUsers } = organization.profile;
  if (maxUsers !== null && organization.memberCount >= maxUsers) {
    throw invalidField('orgId', `The organization is full with ${maxUsers} members; remove one or allow more first.`);
  }
  return [{ type: 'membership.joined.v1', tags: [tags.user(userId), tags.org(orgId)], data: { userId, orgId, role, additionalRoles } }];
};

export const decideChangeRole = (cmd: MembershipRolesCommand, s: UserAndOrganization): readonly DomainEvent[] => {
  const { user, organization } = userAndOrganization(cmd, s);
  refuseUnknownRoles(cmd);
  const { userId } = user;
  const { orgId } = organization;
  const { role, additionalRoles } = cmd;
  const membership = activeMembershipOf(user, orgId);
  if (membership === null) throw invalidField('userId', 'The user is not a member of the organization; add the user first.');
  if (membership.role === role && jsonEqual(membership.additionalRoles, additionalRoles)) return [];
  if (role !== OWNER && isLastOwner(membership, organization)) {
    throw invalidField('role', 'The user is the last owner of the organization; make another member an owner first.');
  }
  return [
    {
      type: 'membership.role-changed.v1',
      tags: [tags.user(userId), tags.org(orgId)],
      data: { userId, orgId, role, additionalRoles, previousRole: membership.role },
    },
  ];
};

export const decideRemoveMember = (
  cmd: OfMembership,
  s: UserAndOrganization & { readonly environment: MemberEnvironmentState | null },
): readonly DomainEvent[] => {
  const { user, organization } = userAndOrganization(cmd, s);
  const { settings } = existing(cmd.environmentId, s.environment);
  const { userId } = user;
  const { orgId } = organization;
  const membership = activeMembershipOf(user, orgId);
  if (membership === null) throw notFound();
  if (isLastOwner(membership, organization)) {
    throw invalidField('userId', 'The user is the last owner of the organization; make another member an owner first.');
  }
  const { role, epoch } = membership;
  const endsKeys = settings.invalidateOrgApiKeyUponUserRemoval;
  return [{ type: 'membership.left.v1', tags: [tags.user(userId), tags.org(orgId)], data: { userId, orgId, role, endsKeys, epoch } }];
};
