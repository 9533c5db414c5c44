import { decideChangeRole, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';
import { organizationChange } from './organization-change.js';

/** Gives a member other roles; the last owner stays one. */
export const changeRole = ({ meta: { environmentId }, data }: In<'directory.change-role'>): Change => {
  const { userId, orgId, role, additionalRoles } = data;
  return organizationChange(environmentId, {
    names: [tags.user(userId)],
    alsoReads: [tags.org(orgId)],
    decide: (view) =>
      decideChangeRole(
        { userId, orgId, environmentId, role, additionalRoles },
        {
          user: view.user(userId),
          organization: view.organization(orgId),
        },
      ),
  });
};
