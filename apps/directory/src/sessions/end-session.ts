import { decideEndSession, Refusal, tags } from '@app/domain';
import type { ChangeOf, EntityStates } from '@app/platform';
import type { IdentifierHashes } from '../hashing/identifier-hashes.js';

interface Services {
  readonly hashes: IdentifierHashes;
  readonly states: EntityStates;
}

/** Ends one session: when this returns, no access token of it is accepted. */
export const endSession: ChangeOf<'directory.end-session', Services> = ({ meta: { environmentId }, data }, { hashes, states }) => {
  const name = tags.session(data.sessionId);
  const familyHash = data.familyDigest === null ? null : hashes.sessionHash(data.familyDigest);
  return {
    names: [name],
    decide: (view) => decideEndSession({ environmentId, familyHash }, { session: view.session(data.sessionId) }),
    reply: async () => {
      const session = await states.load('session-', name);
      if (session === null) throw new Refusal('SESSION_OVER');
      return { userId: session.userId };
    },
  };
};
