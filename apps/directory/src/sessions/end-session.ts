import { Inject, Injectable } from '@nestjs/common';
import { decideEndSession, Refusal, tags } from '@app/domain';
import { EntityStates } from '@app/platform';
import { Claims } from '../claims.js';
import { DirectoryChanges } from '../directory-changes.js';
import type { In, Out } from '../message-types.js';

/** Ends one session: when it resolves, no access token of it opens anything. */
@Injectable()
export class EndSession {
  constructor(
    @Inject(DirectoryChanges) private readonly changes: DirectoryChanges,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(Claims) private readonly claims: Claims,
  ) {}

  async run({ meta, data }: In<'directory.end-session'>): Out<'directory.end-session'> {
    const name = tags.session(data.sessionId);
    const familyHash = data.familyDigest === null ? null : this.claims.sessionHash(data.familyDigest);
    const { pos } = await this.changes.make(meta, {
      names: [name],
      decide: (view) => decideEndSession({ environmentId: meta.environmentId, familyHash }, { session: view.session(data.sessionId) }),
    });
    const session = await this.states.load('session-', name);
    if (session === null) throw new Refusal('SESSION_OVER');
    return { data: { userId: session.userId }, pos };
  }
}
