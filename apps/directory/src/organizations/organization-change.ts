import { tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import { refuseWithoutOrganizations } from './organizations-enabled.js';

/** A change that makes sense only where the environment has organizations. */
export const organizationChange = (environmentId: string, change: Change): Change => ({
  names: change.names,
  alsoReads: [tags.env(environmentId), ...(change.alsoReads ?? [])],
  decide: (view, at) => {
    refuseWithoutOrganizations(view.environment(environmentId));
    return change.decide(view, at);
  },
});
