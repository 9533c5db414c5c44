import { decideSetPassword, tags } from '@app/domain';
import type { Change } from '../directory-changes.js';
import type { In } from '../message-types.js';
import type { Passwords } from './passwords.js';

/** Gives a user a password, whatever there was before. Hashed before the decision, which must be repeatable at once. */
export const setPassword = async ({ meta: { environmentId }, data }: In<'directory.set-password'>, passwords: Passwords): Promise<Change> => {
  const { userId, password, updatePasswordRequired } = data;
  const sealedPasswordHash = await passwords.sealedHash(userId, password);
  return {
    names: [tags.user(userId)],
    decide: (view) => decideSetPassword({ userId, environmentId, sealedPasswordHash, updatePasswordRequired }, { user: view.user(userId) }),
  };
};
