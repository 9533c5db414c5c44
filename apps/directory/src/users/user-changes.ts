import {
  decideBlockUser,
  decideChangeEmail,
  decideChangeProfile,
  decideClearPassword,
  decideDeleteUser,
  decideEndSessions,
  decideSetOrgCreation,
  decideSetPassword,
  decideUnblockUser,
  tags,
} from '@app/domain';
import type { ChangeOf } from '@app/platform';
import type { IdentifierHashes } from '../hashing/identifier-hashes.js';
import { forActor, type Passwords } from '../passwords/passwords.js';

interface Hashing {
  readonly hashes: IdentifierHashes;
}

/** Changes the profile of a user; the new user name is claimed and the old one released in one commit. */
export const changeProfile: ChangeOf<'directory.change-profile', Hashing> = ({ meta: { environmentId }, data: { userId, changes } }, { hashes }) => {
  const usernameTag = typeof changes.username === 'string' ? hashes.usernameTag(environmentId, changes.username) : null;
  return {
    names: [tags.user(userId)],
    alsoReads: usernameTag === null ? [] : [usernameTag],
    decide: (view) =>
      decideChangeProfile(
        { userId, environmentId, changes, usernameTag },
        { user: view.user(userId), usernameClaim: usernameTag === null ? null : view.claim(usernameTag) },
      ),
  };
};

/** Changes a user's address: the new one is claimed and the old one released in one commit. */
export const changeEmail: ChangeOf<'directory.change-email', Hashing> = ({ meta: { environmentId }, data }, { hashes }) => {
  const { userId, newEmail, emailConfirmed } = data;
  const newEmailTag = hashes.emailTag(environmentId, newEmail);
  return {
    names: [tags.user(userId)],
    alsoReads: [newEmailTag],
    decide: (view) =>
      decideChangeEmail({ userId, environmentId, newEmail, newEmailTag, emailConfirmed }, { user: view.user(userId), emailClaim: view.claim(newEmailTag) }),
  };
};

/** Sets a user's password, with or without an earlier one. Hashed before the decision, which must be repeatable at once. */
export const setPassword: ChangeOf<'directory.set-password', { readonly passwords: Passwords }> = async (
  { meta, data: { userId, password, updatePasswordRequired } },
  { passwords },
) => {
  const { environmentId } = meta;
  const sealedPasswordHash = await passwords.sealedHash(userId, password, forActor(meta));
  return {
    names: [tags.user(userId)],
    decide: (view) => decideSetPassword({ userId, environmentId, sealedPasswordHash, updatePasswordRequired }, { user: view.user(userId) }),
  };
};

/** Removes a user's password. */
export const clearPassword: ChangeOf<'directory.clear-password', unknown> = ({ meta: { environmentId }, data: { userId } }) => ({
  names: [tags.user(userId)],
  decide: (view) => decideClearPassword({ userId, environmentId }, { user: view.user(userId) }),
});

/** Ends every session that a user has now. */
export const endSessions: ChangeOf<'directory.end-sessions', unknown> = ({ meta: { environmentId }, data: { userId } }) => ({
  names: [tags.user(userId)],
  decide: (view) => decideEndSessions({ userId, environmentId }, { user: view.user(userId) }),
});

/** Sets whether a user may create organizations. */
export const setOrgCreation: ChangeOf<'directory.set-org-creation', unknown> = ({ meta: { environmentId }, data: { userId, canCreateOrgs } }) => ({
  names: [tags.user(userId)],
  decide: (view) => decideSetOrgCreation({ userId, environmentId, canCreateOrgs }, { user: view.user(userId) }),
});

/** Blocks a user: personal keys are dead when this returns, and organization keys too if the setting says so. */
export const blockUser: ChangeOf<'directory.block-user', unknown> = ({ meta: { environmentId }, data: { userId } }) => ({
  names: [tags.user(userId)],
  alsoReads: [tags.env(environmentId)],
  decide: (view) => decideBlockUser({ userId, environmentId }, { user: view.user(userId), environment: view.environment(environmentId) }),
});

/** Lifts a block; keys are restored only if the setting says so. */
export const unblockUser: ChangeOf<'directory.unblock-user', unknown> = ({ meta: { environmentId }, data: { userId } }) => ({
  names: [tags.user(userId)],
  alsoReads: [tags.env(environmentId)],
  decide: (view) => decideUnblockUser({ userId, environmentId }, { user: view.user(userId), environment: view.environment(environmentId) }),
});

/** Deletes a user for good: it leaves every organization, releases address and user name, and ends the keys. */
export const deleteUser: ChangeOf<'directory.delete-user', unknown> = ({ meta: { environmentId }, data: { userId } }) => ({
  names: [tags.user(userId)],
  alsoReads: [tags.env(environmentId)],
  decide: (view) => decideDeleteUser({ userId, environmentId }, { user: view.user(userId), environment: view.environment(environmentId) }),
});
