import { decideSetOrgCreation, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';

/** Says whether a user may create organizations. */
export const setOrgCreation = ({ meta: { environmentId }, data: { userId, canCreateOrgs } }: In<'directory.set-org-creation'>): Change => ({
  names: [tags.user(userId)],
  decide: (view) => decideSetOrgCreation({ userId, environmentId, canCreateOrgs }, { user: view.user(userId) }),
});
