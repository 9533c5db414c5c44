import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiRefusal } from '@app/http-api';
import type { FenceRecordState } from '@app/domain';
import type { ResolvedRecords } from '@app/fence';
import { callerAddress } from './caller-address.js';
import { FenceRecords } from './fence-records.js';
import { PlatformLimit } from './limit.js';

/**
 * Look-ups of what an unverified caller presents: a backend key, an organization key, a host. What memory has is returned at once. Before a
 * look-up the window of the caller's address is looked at: a caller that is over its limit makes none, or each of its refused calls would cost one.
 */
@Injectable()
export class UnverifiedLookUps {
  constructor(
    @Inject(FenceRecords) private readonly records: FenceRecords,
    @Inject(PlatformLimit) private readonly limit: PlatformLimit,
  ) {}

  async byDigest(request: FastifyRequest, digest: string): Promise<ResolvedRecords | null> {
    return this.records.hasDigest(digest) ? this.records.byDigest(digest) : this.records.byDigest(digest, await this.#callerOf(request));
  }

  async byName(request: FastifyRequest, name: string): Promise<FenceRecordState | null> {
    return this.records.hasName(name) ? this.records.byName(name) : this.records.byName(name, await this.#callerOf(request));
  }

  async #callerOf(request: FastifyRequest) {
    const { address } = callerAddress(request);
    const seconds = await this.limit.secondsUntilFree(`address-${address}`);
    if (seconds !== null) throw new ApiRefusal('RATE_LIMITED', { message: `Rate limited. Please wait ${seconds} seconds before trying again.` });
    return { verified: false, address };
  }
}
