import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type EnvironmentRecord, keyVerdict } from '@app/domain';
import { FenceNode } from '@app/fence';
import { UsageCounter } from '@app/platform';
import { hasImportedLength, hasValidChecksum, importedSpace, nativeSpace, tokenDigest } from '@app/tokens';
import type { OrganizationKeyCaller } from './call.js';
import { UnverifiedLookUps } from './fence-records.js';

/** Finds the key that authenticates a call of `/public/*`: any active key of an organization, whichever API issued it. From memory, under the fence. */
@Injectable()
export class OrganizationKeys {
  constructor(
    @Inject(FenceNode) private readonly node: FenceNode,
    @Inject(UnverifiedLookUps) private readonly lookUps: UnverifiedLookUps,
    @Inject(UsageCounter) private readonly usage: UsageCounter,
  ) {}

  /** Null for all that is wrong with the key, or when it is another organization's than `X-Org-Slug` names. */
  async of(request: FastifyRequest, { environmentId }: EnvironmentRecord): Promise<OrganizationKeyCaller | null> {
    const token = request.headers['x-api-key'];
    if (typeof token !== 'string' || token === '') return null;
    const native = hasValidChecksum(token) ? await this.#opening(request, tokenDigest(nativeSpace(environmentId), token)) : null;
    if (native !== null || !hasImportedLength(token)) return native;
    return this.#opening(request, tokenDigest(importedSpace(environmentId), token));
  }

  async #opening(request: FastifyRequest, digest: string): Promise<OrganizationKeyCaller | null> {
    const resolved = await this.lookUps.byDigest(request, digest);
    if (resolved?.kind !== 'key') return null;
    const { key, org } = resolved.records;
    if (org === null || org.slug !== request.headers['x-org-slug'] || !keyVerdict(resolved.records, this.node.now()).valid) return null;
    return { digest, key, org };
  }

  /** Runs after the limits: a call that they refuse does not count as a use. */
  countUse({ digest, key }: OrganizationKeyCaller): void {
    this.usage.count(this.node.hit(digest) ?? { slot: null }, key, this.node.now());
  }
}
