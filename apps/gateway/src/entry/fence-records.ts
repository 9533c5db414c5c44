import { Inject, Injectable } from '@nestjs/common';
import { type FenceRecordState, Refusal } from '@app/domain';
import { FenceNode, FenceUnavailable, type LookUpCaller, type ResolvedRecords } from '@app/fence';

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

const orUnavailable = async <Answer>(asked: Promise<Answer>): Promise<Answer> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FenceUnavailable) throw new Refusal('UNAVAILABLE', { message: error.message });
    throw error;
  }
};
