import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiRefusal } from '@app/http-api';
import { type FenceRecordState, Refusal } from '@app/domain';
import { FenceNode, FenceUnavailable, type LookUpCaller, type ResolvedRecords } from '@app/fence';
import { callerAddress } from './caller-address.js';
import { PlatformLimit } from './limit.js';

type Reading = Pick<FenceNode, 'recordByName' | 'resolve' | 'hit' | 'recordHit'>;

/**
 * What the gateway knows under the fence's lease, so that no credential works after its revocation was acknowledged. Both lookups refuse
 * with UNAVAILABLE if the node cannot know. Null would mean "does not exist", and a valid key would get a 401.
 */
@Injectable()
export class FenceRecords {
  constructor(@Inject(FenceNode) private readonly node: Reading) {}

  /** The record, current as of the request; null if there never was one. */
  byName(name: string, caller?: LookUpCaller): Promise<FenceRecordState | null> {
    return orUnavailable(this.node.recordByName(name, caller));
  }

  /** The records of the verdict on a token's digest; null if nothing was ever created with it. */
  byDigest(digest: string, caller?: LookUpCaller): Promise<ResolvedRecords | null> {
    return orUnavailable(this.node.resolve(digest, caller));
  }

  /** Whether memory answers for the digest now, without a look-up. */
  hasDigest(digest: string): boolean {
    return this.node.hit(digest) !== null;
  }

  /** Whether memory has the record now. */
  hasName(name: string): boolean {
    return this.node.recordHit(name) !== null;
  }
}

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

const orUnavailable = async <Answer>(asked: Promise<Answer>): Promise<Answer> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FenceUnavailable) throw new Refusal('UNAVAILABLE', { message: error.message });
    throw error;
  }
};
