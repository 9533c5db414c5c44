import { Inject, Injectable } from '@nestjs/common';
import { userOfToken, tags } from '@app/domain';
import { Deadline, LogTail } from '@app/log';
import { EntityStates } from '@app/platform';
import { Clock } from '@app/ports';
import { Claims } from '../claims.js';
import type { In, Out } from '../message-types.js';
import { shownToken } from './shown-token.js';

/** Whose a refresh token is, without rotating it: for callers that have no access token. Linearizable. */
@Injectable()
export class FetchSession {
  constructor(
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(Claims) private readonly claims: Claims,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async run({ meta: { environmentId, leftMs }, data }: In<'directory.fetch-session'>): Out<'directory.fetch-session'> {
    const deadline = new Deadline(this.clock, leftMs);
    const pos = await this.tail.probe(deadline.leftMs);
    const states = await deadline.race(this.#load(data.sessionId), 'The session could not be read in time.');
    return { data: { userId: userOfToken(shownToken(environmentId, data, this.claims), states, this.clock.wall()).userId }, pos };
  }

  async #load(sessionId: string) {
    const session = await this.states.load('session-', tags.session(sessionId));
    return { session, user: session === null ? null : await this.states.load('user-', tags.user(session.userId)) };
  }
}
