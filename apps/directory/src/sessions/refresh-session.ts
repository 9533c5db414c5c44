import { Inject, Injectable } from '@nestjs/common';
import { decideRefreshSession, Refusal, type SessionState, tags } from '@app/domain';
import { CommandRunner } from '@app/log';
import { ChangeFence, commandOf, EntityStates } from '@app/platform';
import { Claims } from '../claims.js';
import type { In, Out } from '../message-types.js';
import { OpenSessions } from './open-sessions.js';
import { shownToken } from './shown-token.js';

/** Rotates a refresh token. Only the end of a session waits for the fence: whether it goes on is all that nodes know of it. */
@Injectable()
export class RefreshSession {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(ChangeFence) private readonly fence: ChangeFence,
    @Inject(Claims) private readonly claims: Claims,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(OpenSessions) private readonly sessions: OpenSessions,
  ) {}

  async run({ meta, data }: In<'directory.refresh-session'>): Out<'directory.refresh-session'> {
    const { environmentId } = meta;
    const { sessionId, activeOrgId } = data;
    const refresh = {
      ...shownToken(environmentId, data, this.claims),
      newTokenHash: this.claims.sessionHash(data.newTokenDigest),
      activeOrgId,
      mayRepeat: data.mayRepeat,
    };
    const outcome = await this.runner.run({
      ...commandOf(meta, this.claims),
      tags: [tags.session(sessionId), tags.env(environmentId)],
      decide: (view, at) => {
        const session = view.session(sessionId);
        const user = session === null ? null : view.user(session.userId);
        return decideRefreshSession(refresh, { session, user, environment: view.environment(environmentId) }, at);
      },
    });
    if (outcome.first?.type === 'session.ended.v1') {
      await this.fence.settled(outcome.pos, [tags.session(sessionId)], outcome.durableAtMono);
      throw new Refusal('SESSION_OVER');
    }
    const { userId, expiresAtMs, tokenHash } = await this.#ongoing(sessionId);
    const { open, shown } = await this.sessions.open(environmentId, { userId, sessionId, expiresAtMs, activeOrgId });
    return { data: { ...open, ...shown, activeOrgId, keepsToken: tokenHash === refresh.tokenHash }, pos: outcome.pos };
  }

  async #ongoing(sessionId: string): Promise<SessionState> {
    const session = await this.states.load('session-', tags.session(sessionId));
    if (session === null) throw new Refusal('SESSION_OVER');
    return session;
  }
}
