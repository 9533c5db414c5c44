import { decideChangeOrganization, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';
import { organizationChange } from './organization-change.js';

/** Changes what an organization's profile holds. Its slug stays: links and hosts with it must not break. */
export const changeOrganization = ({ meta: { environmentId }, data: { orgId, changes } }: In<'directory.change-organization'>): Change =>
  organizationChange(environmentId, {
    names: [tags.org(orgId)],
    decide: (view) => decideChangeOrganization({ orgId, environmentId, changes }, { organization: view.organization(orgId) }),
  });
