import type { UserWithOrgs } from '@app/messages';
import { activeOrgIds, toOrganizationRecord, toUserRecord, type UserState } from '@app/domain';
import type { DirectoryViews } from '@app/ports';

/** Users with the organizations that `orgIdsOf` names for each and that are not deleted: one read for the whole page. */
const withOrgs = async (
  views: DirectoryViews,
  environmentId: string,
  users: readonly UserState[],
  orgIdsOf: (user: UserState) => readonly string[],
): Promise<readonly UserWithOrgs[]> => {
  const orgIds = [...new Set(users.flatMap(orgIdsOf))];
  const found = orgIds.length === 0 ? [] : await views.organizationsById(environmentId, orgIds);
  const orgs = new Map(found.map((organization) => [organization.orgId, toOrganizationRecord(organization)]));
  return users.map((user) => ({ user: toUserRecord(user), orgs: orgIdsOf(user).flatMap((orgId) => orgs.get(orgId) ?? []) }));
};

/** `always`: an organization that every user of the page is a member of, attached even where the others are not asked for. */
export const usersWithOrgs = (
  views: DirectoryViews,
  environmentId: string,
  users: readonly UserState[],
  includeOrgs: boolean,
  always: string | null = null,
): Promise<readonly UserWithOrgs[]> => withOrgs(views, environmentId, users, (user) => (includeOrgs ? activeOrgIds(user) : always === null ? [] : [always]));
