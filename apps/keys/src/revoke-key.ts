import { Inject, Injectable } from '@nestjs/common';
import type { Message, ReplyOf, RequestOf } from '@app/contracts';
import { decideRevokeKey, Refusal, tags } from '@app/domain';
import { LogTail, type Outcome } from '@app/log';
import { ChangeCommands, ChangeFence, type Done } from '@app/platform';
import { Clock } from '@app/ports';
import { commandOf } from './command-of.js';
import { EntityStates } from './entity-states.js';
import { keyStates } from './key-states.js';
import { TokenHashes } from './token-hashes.js';

/** Ends a key for good. When this answers, with success or with "not found", no node can answer *valid* any more. */
@Injectable()
export class RevokeKey {
  constructor(
    @Inject(ChangeCommands) private readonly commands: ChangeCommands,
    @Inject(ChangeFence) private readonly fence: ChangeFence,
    @Inject(EntityStates) private readonly states: EntityStates,
    @Inject(LogTail) private readonly tail: LogTail,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(TokenHashes) private readonly hashes: TokenHashes,
  ) {}

  async run(message: Message<RequestOf<'keys.revoke-key'>>): Promise<Done<ReplyOf<'keys.revoke-key'>>> {
    try {
      const { pos } = await this.#revoke(message);
      return { data: {}, pos };
    } catch (error) {
      if (error instanceof Refusal && error.code === 'NOT_FOUND') await this.#settlePrincipals(message.data.keyId);
      throw error;
    }
  }

  #revoke({ meta, data: { keyId } }: Message<RequestOf<'keys.revoke-key'>>): Promise<Outcome> {
    const name = tags.key(keyId);
    return this.commands.change({
      ...commandOf(meta),
      requestHash: this.hashes.requestHash(meta),
      tags: [name],
      decide: (view, at) => decideRevokeKey({ keyId, environmentId: meta.environmentId }, keyStates(view, keyId), at),
    }, [name]);
  }

  /**
   * The key may be dead only through its user or organization, by a change that nobody has acknowledged yet. A node that knows
   * no more than the key's name would fetch the key again and join it with the principal it still has, and answer *valid*.
   */
  async #settlePrincipals(keyId: string): Promise<void> {
    const key = await this.states.load('key-', tags.key(keyId));
    if (key === null || key.revokedPos !== null) return;
    const names = [
      ...(key.userId === null ? [] : [tags.user(key.userId)]),
      ...(key.orgId === null ? [] : [tags.org(key.orgId)]),
      ...(key.orgId === null || key.creatorId === null ? [] : [tags.user(key.creatorId)]),
    ];
    if (names.length > 0) await this.fence.settled(this.tail.applied, names, this.clock.mono());
  }
}
