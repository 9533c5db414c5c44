import { Inject, Injectable } from '@nestjs/common';
import { decideIssueBackendKey, type DomainEvent, Refusal, tags } from '@app/domain';
import { CommandRunner } from '@app/log';
import { commandOf, type MessageOf, type ReplyTo } from '@app/platform';
import { TokenHashes } from './tokens/token-hashes.js';

/** Creates a backend key for a token that the edge has generated. No fence: "unknown" is never cached. */
@Injectable()
export class IssueBackendKey {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(TokenHashes) private readonly hashes: TokenHashes,
  ) {}

  async run({ meta, data }: MessageOf<'keys.issue-backend-key'>): ReplyTo<'keys.issue-backend-key'> {
    const { environmentId } = meta;
    const { backendKeyId, name, kind, permissions, digest } = data;
    const { tokenTag, pepperId } = this.hashes.newest(digest);
    const command = { backendKeyId, environmentId, name, kind, permissions, tokenTag, pepperId };
    const outcome = await this.runner.run({
      ...commandOf(meta, this.hashes),
      tags: [tags.env(environmentId), tokenTag],
      decide: (view) => decideIssueBackendKey(command, { environment: view.environment(environmentId), tokenClaim: view.claim(tokenTag) }),
    });
    const issuedId = issuedBackendKeyId(outcome.first);
    if (outcome.repeated) throw new Refusal('TOKEN_SHOWN_ONCE', { subjectId: issuedId });
    return { data: { backendKeyId: issuedId }, pos: outcome.pos };
  }
}

const issuedBackendKeyId = (first: DomainEvent | null): string => {
  if (first?.type === 'backend-key.issued.v1') return first.data.backendKeyId;
  throw new Error(`The command that should have made a backend key has made ${first?.type ?? 'nothing'}.`);
};
