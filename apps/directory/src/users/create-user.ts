import { Inject, Injectable } from '@nestjs/common';
import { decideCreateUser } from '@app/domain';
import { CommandRunner } from '@app/log';
import { commandOf } from '@app/platform';
import { Claims } from '../claims.js';
import { createdBy } from '../created-by.js';
import type { In, Out } from '../message-types.js';
import { Passwords } from './passwords.js';

/** Makes a user. No fence: "unknown" is never cached. */
@Injectable()
export class CreateUser {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(Claims) private readonly claims: Claims,
    @Inject(Passwords) private readonly passwords: Passwords,
  ) {}

  async run({ meta, data }: In<'directory.create-user'>): Out<'directory.create-user'> {
    const { environmentId } = meta;
    const { userId, email, emailConfirmed, profile, canCreateOrgs, password } = data;
    const emailTag = this.claims.emailTag(environmentId, email);
    const usernameTag = profile.username === null ? null : this.claims.usernameTag(environmentId, profile.username);
    const sealedPasswordHash = password === null ? null : await this.passwords.sealedHash(userId, password);
    const user = { userId, environmentId, email, emailTag, emailConfirmed, profile, usernameTag, canCreateOrgs, sealedPasswordHash };
    const outcome = await this.runner.run({
      ...commandOf(meta, this.claims),
      tags: [emailTag, ...(usernameTag === null ? [] : [usernameTag])],
      decide: (view) =>
        decideCreateUser(user, {
          emailClaim: view.claim(emailTag),
          usernameClaim: usernameTag === null ? null : view.claim(usernameTag),
        }),
    });
    return { data: { userId: createdBy(outcome, 'user.created.v1').data.userId }, pos: outcome.pos };
  }
}
