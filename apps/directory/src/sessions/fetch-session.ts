import { Inject, Injectable } from '@nestjs/common';
import { userOfToken, tags } from '@app/domain';
import { Deadline, LogTail } from '@app/log';
import { EntityStates, type MessageOf, type ReplyTo } from '@app/platform';
import { Clock } from '@app/ports';
import { IdentifierHashes } from '../hashing/identifier-hashes.js';
import { presentedToken } from './presented-token.js';

/** The user of a refresh token, without rotating it: for callers that have no access token. Linearizable. */
@Injectable()
export class FetchSession {
  constructor(
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(IdentifierHashes) private readonly hashes: IdentifierHashes,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async run({ meta: { environmentId, leftMs }, data }: MessageOf<'directory.fetch-session'>): ReplyTo<'directory.fetch-session'> {
    const deadline = new Deadline(this.clock, leftMs);
    const pos = await this.tail.probe(deadline.leftMs);
    const states = await deadline.race(this.#load(data.sessionId), 'The session could not be read in time.');
    return { data: { userId: userOfToken(presentedToken(environmentId, data, this.hashes), states, this.clock.wall()).userId }, pos };
  }

  async #load(sessionId: string) {
    const session = await this.states.load('session-', tags.session(sessionId));
    return { session, user: session === null ? null : await this.states.load('user-', tags.user(session.userId)) };
  }
}
