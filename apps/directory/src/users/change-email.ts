import { decideChangeEmail, tags } from '@app/domain';
import type { Claims } from '../claims.js';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';

/** Changes a user's address: the new one is claimed and the old one given back in one commit. */
export const changeEmail = ({ meta: { environmentId }, data }: In<'directory.change-email'>, claims: Claims): Change => {
  const { userId, newEmail, emailConfirmed } = data;
  const newEmailTag = claims.emailTag(environmentId, newEmail);
  return {
    names: [tags.user(userId)],
    alsoReads: [newEmailTag],
    decide: (view) =>
      decideChangeEmail(
        { userId, environmentId, newEmail, newEmailTag, emailConfirmed },
        {
          user: view.user(userId),
          emailClaim: view.claim(newEmailTag),
        },
      ),
  };
};
