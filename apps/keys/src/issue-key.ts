import { Inject, Injectable } from '@nestjs/common';
import type { IssueKeyData } from '@app/messages';
import { type ClaimState, decideIssueKey, type DomainEvent, freeClaim, type IssueKeyStates, Refusal, tags } from '@app/domain';
import { CommandRunner, type StateView } from '@app/log';
import { commandOf, type MessageOf, type ReplyTo } from '@app/platform';
import { type StoredToken, TokenHashes } from './tokens/token-hashes.js';

/** Creates a key for a token that the edge has generated, or imports one. No fence: "unknown" is never cached. */
@Injectable()
export class IssueKey {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(TokenHashes) private readonly hashes: TokenHashes,
  ) {}

  async run({ meta, data }: MessageOf<'keys.issue-key'>): ReplyTo<'keys.issue-key'> {
    const token = this.hashes.newest(data.digest);
    // The imported token may already be a key under a pepper that is retired now, and a token is never accepted twice.
    const claimTags = data.imported ? this.hashes.tagsOf(data.digest) : [token.tokenTag];
    const outcome = await this.runner.run({
      ...commandOf(meta, this.hashes),
      tags: [...principalTags(meta.environmentId, data), ...claimTags],
      decide: (view, at) => decideIssueKey(toIssueKeyCommand(meta.environmentId, data, token), statesOf(view, meta.environmentId, data, claimTags), at),
    });
    const keyId = issuedKeyId(outcome.first);
    // The response for an imported key holds no secret, so a repetition can get the same response.
    if (outcome.repeated && !data.imported) throw new Refusal('TOKEN_SHOWN_ONCE', { subjectId: keyId });
    return { data: { keyId }, pos: outcome.pos };
  }
}

/** Field by field: these fields stay in the log forever, and the digest (or anything else a message carries) must not. */
const toIssueKeyCommand = (environmentId: string, data: IssueKeyData, { tokenTag, pepperId }: StoredToken) => ({
  keyId: data.keyId,
  environmentId,
  origin: data.origin,
  tokenTag,
  pepperId,
  tokenPrefix: data.tokenPrefix,
  userId: data.userId,
  orgId: data.orgId,
  creatorId: data.creatorId,
  expiresAtMs: data.expiresAtMs,
  expirationOption: data.expirationOption,
  metadata: data.metadata,
  displayName: data.displayName,
  imported: data.imported,
});

const principalTags = (environmentId: string, { userId, orgId, creatorId }: IssueKeyData): readonly string[] => [
  tags.env(environmentId),
  ...(userId === null ? [] : [tags.user(userId)]),
  ...(orgId === null ? [] : [tags.org(orgId)]),
  ...(creatorId === null ? [] : [tags.user(creatorId)]),
];

const statesOf = (view: StateView, environmentId: string, data: IssueKeyData, claimTags: readonly string[]): IssueKeyStates => ({
  environment: view.environment(environmentId),
  user: data.userId === null ? null : view.user(data.userId),
  organization: data.orgId === null ? null : view.organization(data.orgId),
  creator: data.creatorId === null ? null : view.user(data.creatorId),
  tokenClaim: takenClaim(claimTags.map((tag) => view.claim(tag))),
});

const takenClaim = (claims: readonly ClaimState[]): ClaimState => claims.find(({ holder }) => holder !== null) ?? freeClaim;

const issuedKeyId = (first: DomainEvent | null): string => {
  if (first?.type === 'api-key.issued.v1' || first?.type === 'api-key.imported.v1') return first.data.keyId;
  throw new Error(`The command that should have made a key has made ${first?.type ?? 'nothing'}.`);
};
