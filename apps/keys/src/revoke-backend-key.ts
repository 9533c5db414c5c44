import { Inject, Injectable } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/messages';
import { decideRevokeBackendKey, tags } from '@app/domain';
import { ChangeCommands, commandOf, type Done } from '@app/platform';
import { TokenHashes } from './token-hashes.js';

/** Ends a backend key: when this resolves no edge lets it in any more. */
@Injectable()
export class RevokeBackendKey {
  constructor(
    @Inject(ChangeCommands) private readonly commands: ChangeCommands,
    @Inject(TokenHashes) private readonly hashes: TokenHashes,
  ) {}

  async run({ meta, data: { backendKeyId } }: Message<RequestOf<'keys.revoke-backend-key'>>): Promise<Done<ReplyOf<'keys.revoke-backend-key'>>> {
    const name = tags.backendKey(backendKeyId);
    const command = { backendKeyId, environmentId: meta.environmentId };
    const { pos } = await this.commands.change(
      {
        ...commandOf(meta, this.hashes),
        tags: [name],
        decide: (view) => decideRevokeBackendKey(command, { backendKey: view.backendKey(backendKeyId) }),
      },
      [name],
    );
    return { data: {}, pos };
  }
}
