import { Inject, Injectable } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/messages';
import { decideRevokeKey, isArchived, notFound, tags } from '@app/domain';
import { ChangeCommands, commandOf, type Done } from '@app/platform';
import { keyStates } from './key-states.js';
import { TokenHashes } from './token-hashes.js';

/**
 * Ends a key for good. When this answers, with success or with "not found", no node can answer *valid* any more. An archived key is
 * "not found" (ruling U6), but only after it has been revoked too: it may be archived by a block that is taken back later.
 */
@Injectable()
export class RevokeKey {
  constructor(
    @Inject(ChangeCommands) private readonly commands: ChangeCommands,
    @Inject(TokenHashes) private readonly hashes: TokenHashes,
  ) {}

  async run({ meta, data: { keyId } }: Message<RequestOf<'keys.revoke-key'>>): Promise<Done<ReplyOf<'keys.revoke-key'>>> {
    const name = tags.key(keyId);
    let wasArchived = false;
    const { pos } = await this.commands.change(
      {
        ...commandOf(meta, this.hashes),
        tags: [name],
        decide: (view, at) => {
          const states = keyStates(view, keyId);
          const events = decideRevokeKey({ keyId, environmentId: meta.environmentId }, states);
          wasArchived = states.key !== null && isArchived(states.key, states.principals, at);
          return events;
        },
      },
      [name],
    );
    if (wasArchived) throw notFound();
    return { data: {}, pos };
  }
}
