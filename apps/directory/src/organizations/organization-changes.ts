import { decideChangeOrganization, decideDeleteOrganization, refuseWithoutOrganizations, tags } from '@app/domain';
import type { Change, ChangeOf } from '@app/platform';

/** A change that needs organizations to be enabled in the environment. */
export const withOrganizations = (environmentId: string, change: Change): Change => ({
  names: change.names,
  alsoReads: [tags.env(environmentId), ...(change.alsoReads ?? [])],
  decide: (view, at) => {
    refuseWithoutOrganizations(view.environment(environmentId));
    return change.decide(view, at);
  },
});

/** Changes the profile of an organization. Its slug stays the same, so that links and hosts with it keep working. */
export const changeOrganization: ChangeOf<'directory.change-organization', unknown> = ({ meta: { environmentId }, data: { orgId, changes } }) =>
  withOrganizations(environmentId, {
    names: [tags.org(orgId)],
    decide: (view) => decideChangeOrganization({ orgId, environmentId, changes }, { organization: view.organization(orgId) }),
  });

/** Deletes an organization for good; its keys are dead when this returns. */
export const deleteOrganization: ChangeOf<'directory.delete-organization', unknown> = ({ meta: { environmentId }, data: { orgId } }) =>
  withOrganizations(environmentId, {
    names: [tags.org(orgId)],
    decide: (view) => decideDeleteOrganization({ orgId, environmentId }, { organization: view.organization(orgId) }),
  });
