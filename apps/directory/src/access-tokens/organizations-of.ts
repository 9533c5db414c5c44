import { activeOrgIds, type OrganizationState, tags, type UserState } from '@app/domain';
import type { EntityStates } from '@app/platform';

/** The organizations of the user's active memberships that are not deleted. */
export const organizationsOf = async (states: EntityStates, user: UserState): Promise<readonly OrganizationState[]> => {
  const all = await Promise.all(activeOrgIds(user).map((orgId) => states.load('org-', tags.org(orgId))));
  return all.filter((organization) => organization !== null).filter(({ deleted }) => !deleted);
};
