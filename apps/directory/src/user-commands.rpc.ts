import { Inject } from '@nestjs/common';
import { Handles, MessageHandlers } from '@app/platform';
import { CreateAccessToken } from './access-tokens/create-access-token.js';
import { Claims } from './claims.js';
import { DirectoryChanges } from './directory-changes.js';
import type { In, Out } from './message-types.js';
import { blockUser } from './users/block-user.js';
import { changeEmail } from './users/change-email.js';
import { changeProfile } from './users/change-profile.js';
import { clearPassword } from './users/clear-password.js';
import { CreateUser } from './users/create-user.js';
import { deleteUser } from './users/delete-user.js';
import { endSessions } from './users/end-sessions.js';
import { Passwords } from './users/passwords.js';
import { setOrgCreation } from './users/set-org-creation.js';
import { setPassword } from './users/set-password.js';
import { unblockUser } from './users/unblock-user.js';

/** Commands on users. */
@MessageHandlers()
export class UserCommands {
  constructor(
    @Inject(DirectoryChanges) private readonly changes: DirectoryChanges,
    @Inject(Claims) private readonly claims: Claims,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(CreateUser) private readonly creation: CreateUser,
    @Inject(CreateAccessToken) private readonly accessTokens: CreateAccessToken,
  ) {}

  @Handles('directory.create-user')
  createUser(message: In<'directory.create-user'>): Out<'directory.create-user'> {
    return this.creation.run(message);
  }

  @Handles('directory.change-profile')
  changeProfile(message: In<'directory.change-profile'>): Out<'directory.change-profile'> {
    return this.changes.make(message.meta, changeProfile(message, this.claims));
  }

  @Handles('directory.change-email')
  changeEmail(message: In<'directory.change-email'>): Out<'directory.change-email'> {
    return this.changes.make(message.meta, changeEmail(message, this.claims));
  }

  @Handles('directory.set-password')
  async setPassword(message: In<'directory.set-password'>): Out<'directory.set-password'> {
    return this.changes.make(message.meta, await setPassword(message, this.passwords));
  }

  @Handles('directory.clear-password')
  clearPassword(message: In<'directory.clear-password'>): Out<'directory.clear-password'> {
    return this.changes.make(message.meta, clearPassword(message));
  }

  @Handles('directory.end-sessions')
  endSessions(message: In<'directory.end-sessions'>): Out<'directory.end-sessions'> {
    return this.changes.make(message.meta, endSessions(message));
  }

  @Handles('directory.set-org-creation')
  setOrgCreation(message: In<'directory.set-org-creation'>): Out<'directory.set-org-creation'> {
    return this.changes.make(message.meta, setOrgCreation(message));
  }

  @Handles('directory.block-user')
  blockUser(message: In<'directory.block-user'>): Out<'directory.block-user'> {
    return this.changes.make(message.meta, blockUser(message));
  }

  @Handles('directory.unblock-user')
  unblockUser(message: In<'directory.unblock-user'>): Out<'directory.unblock-user'> {
    return this.changes.make(message.meta, unblockUser(message));
  }

  @Handles('directory.delete-user')
  deleteUser(message: In<'directory.delete-user'>): Out<'directory.delete-user'> {
    return this.changes.make(message.meta, deleteUser(message));
  }

  @Handles('directory.create-access-token')
  createAccessToken(message: In<'directory.create-access-token'>): Out<'directory.create-access-token'> {
    return this.accessTokens.run(message);
  }
}
