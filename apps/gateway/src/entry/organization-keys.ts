import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type EnvironmentRecord, keyVerdict } from '@app/domain';
import { FenceNode } from '@app/fence';
import { UsageCounter } from '@app/platform';
import { hasImportedLength, hasValidChecksum, importedSpace, nativeSpace, tokenDigest } from '@app/tokens';
import type { OrganizationKeyCaller } from './call.js';
import { FenceRecords } from './fence-records.js';

/** Finds the key that authenticates a call of `/public/*`: any active key of an organization, whichever API issued it. From memory, under the fence. */
@Injectable()
export class OrganizationKeys {
  constructor(
    @Inject(FenceNode) private readonly node: FenceNode,
    @Inject(FenceRecords) private readonly records: FenceRecords,
    @Inject(UsageCounter) private readonly usage: UsageCounter,
  ) {}

  /** Null if the key is invalid for any reason, or does not belong to the organization that `X-Org-Slug` names. */
  async of({ headers }: FastifyRequest, { environmentId }: EnvironmentRecord): Promise<OrganizationKeyCaller | null> {
    const token = headers['x-api-key'];
    if (typeof token !== 'string' || token === '') return null;
    const native = hasValidChecksum(token) ? await this.#opening(tokenDigest(nativeSpace(environmentId), token), headers['x-org-slug']) : null;
    if (native !== null || !hasImportedLength(token)) return native;
    return this.#opening(tokenDigest(importedSpace(environmentId), token), headers['x-org-slug']);
  }

  async #opening(digest: string, slug: string | readonly string[] | undefined): Promise<OrganizationKeyCaller | null> {
    const resolved = await this.records.byDigest(digest);
    if (resolved?.kind !== 'key') return null;
    const { key, org } = resolved.records;
    if (org === null || org.slug !== slug || !keyVerdict(resolved.records, this.node.now()).valid) return null;
    return { digest, key, org };
  }

  /** Runs after the limits: a call that they refuse does not count as a use. */
  countUse({ digest, key }: OrganizationKeyCaller): void {
    this.usage.count(this.node.hit(digest) ?? { slot: null }, key, this.node.now());
  }
}
