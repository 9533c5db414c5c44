import { Inject, Injectable } from '@nestjs/common';
import { decideCreateUser, Refusal, tags } from '@app/domain';
import { CommandRunner, LogTail } from '@app/log';
import { commandOf, EntityStates } from '@app/platform';
import { Claims } from '../claims.js';
import type { In, Out } from '../message-types.js';
import { Passwords } from '../users/passwords.js';

const isTakenAddress = (error: unknown): boolean => error instanceof Refusal && error.code === 'INVALID_FIELDS' && Object.hasOwn(error.fields, 'email');

/** Makes an account for whoever asks. For an address that is known it makes none, and answers the same. */
@Injectable()
export class SignUp {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(Claims) private readonly claims: Claims,
    @Inject(Passwords) private readonly passwords: Passwords,
  ) {}

  async run({ meta, data: { userId, email, password, profile } }: In<'directory.sign-up'>): Out<'directory.sign-up'> {
    const { environmentId } = meta;
    await this.#refuseClosed(environmentId, meta.leftMs);
    const emailTag = this.claims.emailTag(environmentId, email);
    const usernameTag = profile.username === null ? null : this.claims.usernameTag(environmentId, profile.username);
    const sealedPasswordHash = await this.passwords.sealedHash(userId, password);
    const user = { userId, environmentId, email, emailTag, emailConfirmed: false, profile, usernameTag, canCreateOrgs: false, sealedPasswordHash };
    try {
      const { pos } = await this.runner.run({
        ...commandOf(meta, this.claims),
        tags: [emailTag, ...(usernameTag === null ? [] : [usernameTag])],
        decide: (view) => decideCreateUser(user, { emailClaim: view.claim(emailTag), usernameClaim: usernameTag === null ? null : view.claim(usernameTag) }),
      });
      return { data: {}, pos };
    } catch (error) {
      if (!isTakenAddress(error)) throw error;
      return { data: {}, pos: this.tail.applied };
    }
  }

  async #refuseClosed(environmentId: string, leftMs: number): Promise<void> {
    await this.tail.probe(leftMs);
    const environment = await this.states.load('env-', tags.env(environmentId));
    if (environment === null) throw new Refusal('NOT_FOUND');
    if (!environment.settings.publicSignupEnabled) throw new Refusal('ACTION_DISABLED');
  }
}
