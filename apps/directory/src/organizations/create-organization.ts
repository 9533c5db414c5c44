import { Inject, Injectable } from '@nestjs/common';
import { decideCreateOrganization, tags, refuseWithoutOrganizations } from '@app/domain';
import { CommandRunner } from '@app/log';
import { commandOf, createdBy, type MessageOf, type ReplyTo } from '@app/platform';
import { IdentifierHashes } from '../hashing/identifier-hashes.js';
import { slugCandidates } from './slug-candidates.js';

/** Makes an organization under the first free slug of its name. No fence: "unknown" is never cached. */
@Injectable()
export class CreateOrganization {
  constructor(
    @Inject(CommandRunner) private readonly runner: CommandRunner,
    @Inject(IdentifierHashes) private readonly hashes: IdentifierHashes,
  ) {}

  async run({ meta, data: { orgId, profile } }: MessageOf<'directory.create-organization'>): ReplyTo<'directory.create-organization'> {
    const { environmentId } = meta;
    const slugs = slugCandidates(environmentId, orgId, profile.name);
    const [preferred, other] = slugs;
    const outcome = await this.runner.run({
      ...commandOf(meta, this.hashes),
      tags: [tags.env(environmentId), preferred.tag, other.tag],
      decide: (view) => {
        refuseWithoutOrganizations(view.environment(environmentId));
        return decideCreateOrganization({ orgId, environmentId, slugs, profile }, { slugClaims: [view.claim(preferred.tag), view.claim(other.tag)] });
      },
    });
    const { data: created } = createdBy(outcome, 'organization.created.v1');
    return { data: { orgId: created.orgId, name: created.profile.name }, pos: outcome.pos };
  }
}
