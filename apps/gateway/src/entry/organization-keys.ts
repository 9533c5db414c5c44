import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type EnvironmentRecord, keyVerdict } from '@app/domain';
import { FenceNode } from '@app/fence';
import { UsageCounter } from '@app/platform';
import { hasImportedLength, hasValidChecksum, importedSpace, nativeSpace, tokenDigest } from '@app/tokens';
import type { OrganizationKeyCaller } from './call.js';
import { FenceRecords } from './fence-records.js';

/** Whose key opens `/public/*`. Any living key of an organization, wherever it was issued; from memory under the fence. */
@Injectable()
export class OrganizationKeys {
  constructor(
    @Inject(FenceNode) private readonly node: FenceNode,
    @Inject(FenceRecords) private readonly records: FenceRecords,
    @Inject(UsageCounter) private readonly usage: UsageCounter,
  ) {}

  /** Null for all that is wrong with the key, or when it is another organization's than `X-Org-Slug` names. */
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

  /** After the limits: what they refuse does not count as use. */
  countUse({ digest, key }: OrganizationKeyCaller): void {
    this.usage.count(this.node.hit(digest) ?? { slot: null }, key, this.node.now());
  }
}
