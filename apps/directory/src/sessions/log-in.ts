import { Inject, Injectable } from '@nestjs/common';
import type { Meta } from '@app/messages';
import { decideLockUser, decideStartSession, livingUser, Refusal, refuseLogin, tags, type UserState } from '@app/domain';
import { CommandRunner, Deadline, LogTail } from '@app/log';
import { Changes, commandOf, createdBy, EntityStates, type MessageOf, type ReplyTo } from '@app/platform';
import { Clock } from '@app/ports';
import { IdentifierHashes } from '../hashing/identifier-hashes.js';
import { forAddress, type PasswordOwner, Passwords } from '../passwords/passwords.js';
import { SessionGrants } from './session-grants.js';
import { presentedToken } from './presented-token.js';

type LogInData = MessageOf<'directory.log-in'>['data'];

const passwordOwner = (user: UserState | null): PasswordOwner | null =>
  user === null || user.sealedPasswordHash === null ? null : { userId: user.userId, sealedPasswordHash: user.sealedPasswordHash };

/** Starts a session for a caller with the right password. A refusal does not show whether the address exists. */
@Injectable()
export class LogIn {
  constructor(
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(Changes) private readonly changes: Changes,
    @Inject(IdentifierHashes) private readonly hashes: IdentifierHashes,
    @Inject(Passwords) private readonly passwords: Passwords,
    @Inject(SessionGrants) private readonly sessions: SessionGrants,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async run({ meta, data }: MessageOf<'directory.log-in'>): ReplyTo<'directory.log-in'> {
    const deadline = new Deadline(this.clock, meta.leftMs);
    // A password that was changed before the request must neither let a caller in nor keep one out.
    await this.tail.probe(deadline.leftMs);
    const user = await deadline.race(this.#loggingIn(meta.environmentId, data.email), 'The user could not be read in time.');
    const owner = passwordOwner(user);
    if (!(await this.passwords.matches(owner, data.password, forAddress(data.address, deadline.leftMs))) || owner === null)
      return this.#refuse(meta, data, user);
    const { sessionId } = data;
    const session = {
      sessionId,
      userId: owner.userId,
      verifiedPasswordHash: owner.sealedPasswordHash,
      ...presentedToken(meta.environmentId, data, this.hashes),
    };
    const outcome = await this.runner.run({
      ...commandOf(meta, this.hashes),
      tags: [tags.session(sessionId), tags.user(owner.userId), tags.env(meta.environmentId)],
      decide: (view, at) =>
        decideStartSession(session, { session: view.session(sessionId), user: view.user(owner.userId), environment: view.environment(meta.environmentId) }, at),
    });
    const { expiresAtMs } = createdBy(outcome, 'session.started.v1').data;
    const { grant } = await this.sessions.issue(meta.environmentId, { userId: owner.userId, sessionId, expiresAtMs, activeOrgId: null });
    return { data: grant, pos: outcome.pos };
  }

  /** Null if there is no such user. Refuses before any password is checked: a locked account accepts none. */
  async #loggingIn(environmentId: string, email: string): Promise<UserState | null> {
    const environment = await this.states.load('env-', tags.env(environmentId));
    if (environment === null) throw new Refusal('NOT_FOUND');
    if (!environment.settings.passwordLoginEnabled) throw new Refusal('ACTION_DISABLED');
    const { holder } = await this.states.loadAt('email-', this.hashes.emailTag(environmentId, email), this.tail.applied);
    const user = holder === null ? null : livingUser(environmentId, await this.states.load('user-', tags.user(holder)));
    // Only a caller with the right password learns of a block; `decideStartSession` decides that.
    if (user !== null) refuseLogin({ ...user, blocked: false }, environment, this.clock.wall());
    return user;
  }

  async #refuse(meta: Meta, { lockUntilMs }: LogInData, user: UserState | null): Promise<never> {
    if (user !== null && lockUntilMs !== null) await this.#lock(meta, user.userId, lockUntilMs);
    throw new Refusal('WRONG_CREDENTIALS');
  }

  async #lock(meta: Meta, userId: string, untilMs: number): Promise<void> {
    const { environmentId } = meta;
    await this.changes.make(meta, {
      names: [tags.user(userId)],
      decide: (view) => decideLockUser({ userId, environmentId, untilMs }, { user: view.user(userId) }),
    });
  }
}
