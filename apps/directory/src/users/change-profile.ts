import { decideChangeProfile, tags } from '@app/domain';
import type { Claims } from '../claims.js';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';

/** Changes what a user's profile holds; a new user name is claimed, the old one given back, in one commit. */
export const changeProfile = ({ meta: { environmentId }, data: { userId, changes } }: In<'directory.change-profile'>, claims: Claims): Change => {
  const usernameTag = typeof changes.username === 'string' ? claims.usernameTag(environmentId, changes.username) : null;
  return {
    names: [tags.user(userId)],
    alsoReads: usernameTag === null ? [] : [usernameTag],
    decide: (view) =>
      decideChangeProfile(
        { userId, environmentId, changes, usernameTag },
        {
          user: view.user(userId),
          usernameClaim: usernameTag === null ? null : view.claim(usernameTag),
        },
      ),
  };
};
