import { Inject, Injectable } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/messages';
import { decideUpdateKey, tags } from '@app/domain';
import { ChangeCommands, commandOf, type Done } from '@app/platform';
import { keyStates } from './key-states.js';
import { TokenHashes } from './token-hashes.js';

/** Renames a key, replaces its metadata or moves its expiry: only what was given changes. */
@Injectable()
export class UpdateKey {
  constructor(
    @Inject(ChangeCommands) private readonly commands: ChangeCommands,
    @Inject(TokenHashes) private readonly hashes: TokenHashes,
  ) {}

  async run({ meta, data }: Message<RequestOf<'keys.update-key'>>): Promise<Done<ReplyOf<'keys.update-key'>>> {
    const { keyId, expiresAtMs, metadata, displayName } = data;
    const name = tags.key(keyId);
    const command = { keyId, environmentId: meta.environmentId, expiresAtMs, metadata, displayName };
    const { pos } = await this.commands.change(
      {
        ...commandOf(meta, this.hashes),
        tags: [name],
        decide: (view, at) => decideUpdateKey(command, keyStates(view, keyId), at),
      },
      [name],
    );
    return { data: {}, pos };
  }
}
