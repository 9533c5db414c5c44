import { decideChangeOrganization, decideDeleteOrganization, refuseWithoutOrganizations, tags } from '@app/domain';
import type { Change, ChangeOf } from '@app/platform';

/** A change that makes sense only where the environment has organizations. */
export const withOrganizations = (environmentId: string, change: Change): Change => ({
  names: change.names,
  alsoReads: [tags.env(environmentId), ...(change.alsoReads ?? [])],
  decide: (view, at) => {
    refuseWithoutOrganizations(view.environment(environmentId));
    return change.decide(view, at);
  },
});

/** Changes what an organization's profile holds. Its slug stays: links and hosts with it must not break. */
export const changeOrganization: ChangeOf<'directory.change-organization', unknown> = ({ meta: { environmentId }, data: { orgId, changes } }) =>
  withOrganizations(environmentId, {
    names: [tags.org(orgId)],
    decide: (view) => decideChangeOrganization({ orgId, environmentId, changes }, { organization: view.organization(orgId) }),
  });

/** Deletes an organization for good; its keys are dead when this is answered. */
export const deleteOrganization: ChangeOf<'directory.delete-organization', unknown> = ({ meta: { environmentId }, data: { orgId } }) =>
  withOrganizations(environmentId, {
    names: [tags.org(orgId)],
    decide: (view) => decideDeleteOrganization({ orgId, environmentId }, { organization: view.organization(orgId) }),
  });
