import { decideAddMember, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';
import { organizationChange } from './organization-change.js';

/** Makes a user a member. Only the user's record changes for validations, whatever the organization counts. */
export const addMember = ({ meta: { environmentId }, data }: In<'directory.add-member'>): Change => {
  const { userId, orgId, role, additionalRoles } = data;
  return organizationChange(environmentId, {
    names: [tags.user(userId)],
    alsoReads: [tags.org(orgId)],
    decide: (view) =>
      decideAddMember(
        { userId, orgId, environmentId, role, additionalRoles },
        {
          user: view.user(userId),
          organization: view.organization(orgId),
        },
      ),
  });
};
