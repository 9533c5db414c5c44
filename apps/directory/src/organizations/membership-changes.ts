import { decideAddMember, decideChangeRole, decideRemoveMember, tags } from '@app/domain';
import type { ChangeOf } from '@app/platform';
import { withOrganizations } from './organization-changes.js';

/** Makes a user a member. For validations only the user's record changes, although the organization counts its members. */
export const addMember: ChangeOf<'directory.add-member', unknown> = ({ meta: { environmentId }, data: { userId, orgId, role, additionalRoles } }) =>
  withOrganizations(environmentId, {
    names: [tags.user(userId)],
    alsoReads: [tags.org(orgId)],
    decide: (view) =>
      decideAddMember({ userId, orgId, environmentId, role, additionalRoles }, { user: view.user(userId), organization: view.organization(orgId) }),
  });

/** Changes the roles of a member; the last owner must stay an owner. */
export const changeRole: ChangeOf<'directory.change-role', unknown> = ({ meta: { environmentId }, data: { userId, orgId, role, additionalRoles } }) =>
  withOrganizations(environmentId, {
    names: [tags.user(userId)],
    alsoReads: [tags.org(orgId)],
    decide: (view) =>
      decideChangeRole({ userId, orgId, environmentId, role, additionalRoles }, { user: view.user(userId), organization: view.organization(orgId) }),
  });

/** Ends a membership; the last owner cannot leave. */
export const removeMember: ChangeOf<'directory.remove-member', unknown> = ({ meta: { environmentId }, data: { userId, orgId } }) =>
  withOrganizations(environmentId, {
    names: [tags.user(userId)],
    alsoReads: [tags.org(orgId)],
    decide: (view) =>
      decideRemoveMember(
        { userId, orgId, environmentId },
        { user: view.user(userId), organization: view.organization(orgId), environment: view.environment(environmentId) },
      ),
  });
