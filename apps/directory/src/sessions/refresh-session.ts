import { Inject, Injectable } from '@nestjs/common';
import { decideRefreshSession, Refusal, type SessionState, tags } from '@app/domain';
import { CommandRunner } from '@app/log';
import { ChangeFence, commandOf, EntityStates, type MessageOf, type ReplyTo } from '@app/platform';
import { IdentifierHashes } from '../hashing/identifier-hashes.js';
import { SessionGrants } from './session-grants.js';
import { presentedToken } from './presented-token.js';

/** Rotates a refresh token. Only the end of a session waits for the fence: nodes know only whether a session continues. */
@Injectable()
export class RefreshSession {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(ChangeFence) private readonly fence: ChangeFence,
    @Inject(IdentifierHashes) private readonly hashes: IdentifierHashes,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(SessionGrants) private readonly sessions: SessionGrants,
  ) {}

  async run({ meta, data }: MessageOf<'directory.refresh-session'>): ReplyTo<'directory.refresh-session'> {
    const { environmentId } = meta;
    const { sessionId, activeOrgId } = data;
    const refresh = {
      ...presentedToken(environmentId, data, this.hashes),
      newTokenHash: this.hashes.sessionHash(data.newTokenDigest),
      activeOrgId,
      mayRepeat: data.mayRepeat,
    };
    const outcome = await this.runner.run({
      ...commandOf(meta, this.hashes),
      tags: [tags.session(sessionId), tags.env(environmentId)],
      decide: (view, at) => {
        const session = view.session(sessionId);
        const user = session === null ? null : view.user(session.userId);
        return decideRefreshSession(refresh, { session, user, environment: view.environment(environmentId) }, at);
      },
    });
    if (outcome.first?.type === 'session.ended.v1') {
      await this.fence.waitForFence(outcome.pos, [tags.session(sessionId)], outcome.durableAtMono);
      throw new Refusal('SESSION_OVER');
    }
    const { userId, expiresAtMs, tokenHash } = await this.#ongoing(sessionId);
    const { grant, holder } = await this.sessions.issue(environmentId, { userId, sessionId, expiresAtMs, activeOrgId });
    return { data: { ...grant, ...holder, activeOrgId, keepsToken: tokenHash === refresh.tokenHash }, pos: outcome.pos };
  }

  async #ongoing(sessionId: string): Promise<SessionState> {
    const session = await this.states.load('session-', tags.session(sessionId));
    if (session === null) throw new Refusal('SESSION_OVER');
    return session;
  }
}
