import { decideRemoveMember, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';
import { organizationChange } from './organization-change.js';

/** Ends a membership; the last owner cannot leave. */
export const removeMember = ({ meta: { environmentId }, data: { userId, orgId } }: In<'directory.remove-member'>): Change =>
  organizationChange(environmentId, {
    names: [tags.user(userId)],
    alsoReads: [tags.org(orgId)],
    decide: (view) =>
      decideRemoveMember(
        { userId, orgId, environmentId },
        {
          user: view.user(userId),
          organization: view.organization(orgId),
          environment: view.environment(environmentId),
        },
      ),
  });
