import { Inject, Injectable } from '@nestjs/common';
import { decideCreateUser } from '@app/domain';
import { CommandRunner } from '@app/log';
import { commandOf, createdBy, type MessageOf, type ReplyTo } from '@app/platform';
import { IdentifierHashes } from '../hashing/identifier-hashes.js';
import { forActor, type HashFor, Passwords } from '../passwords/passwords.js';

/** Makes a user. No fence: "unknown" is never cached. */
@Injectable()
export class CreateUser {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(IdentifierHashes) private readonly hashes: IdentifierHashes,
    @Inject(Passwords) private readonly passwords: Passwords,
  ) {}

  /** `whose`: the caller that the hash of the password counts for. */
  async run({ meta, data }: MessageOf<'directory.create-user'>, whose: HashFor = forActor(meta)): ReplyTo<'directory.create-user'> {
    const { environmentId } = meta;
    const { userId, email, emailConfirmed, profile, canCreateOrgs, password } = data;
    const emailTag = this.hashes.emailTag(environmentId, email);
    const usernameTag = profile.username === null ? null : this.hashes.usernameTag(environmentId, profile.username);
    const sealedPasswordHash = password === null ? null : await this.passwords.sealedHash(userId, password, whose);
    const user = { userId, environmentId, email, emailTag, emailConfirmed, profile, usernameTag, canCreateOrgs, sealedPasswordHash };
    const outcome = await this.runner.run({
      ...commandOf(meta, this.hashes),
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
