import { decideDeleteOrganization, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';
import { organizationChange } from './organization-change.js';

/** Deletes an organization for good; its keys are dead when this is answered. */
export const deleteOrganization = ({ meta: { environmentId }, data: { orgId } }: In<'directory.delete-organization'>): Change =>
  organizationChange(environmentId, {
    names: [tags.org(orgId)],
    decide: (view) => decideDeleteOrganization({ orgId, environmentId }, { organization: view.organization(orgId) }),
  });
