import { Inject, Injectable } from '@nestjs/common';
import { type FenceRecordState, Refusal } from '@app/domain';
import { FenceNode, FenceUnavailable, type ResolvedRecords } from '@app/fence';

type Reading = Pick<FenceNode, 'recordByName' | 'resolve'>;

/**
 * What the gateway knows under the fence's lease, so that nothing opens a call after its end was acknowledged. Both questions refuse
 * with UNAVAILABLE when the node cannot know; null would say that there is no such thing, and a good key would get a 401.
 */
@Injectable()
export class FenceRecords {
  constructor(@Inject(FenceNode) private readonly node: Reading) {}

  /** The record, current as of the request; null if there never was one. */
  byName(name: string): Promise<FenceRecordState | null> {
    return orUnavailable(this.node.recordByName(name));
  }

  /** The records of the verdict on a token's digest; null if nothing was ever created with it. */
  byDigest(digest: string): Promise<ResolvedRecords | null> {
    return orUnavailable(this.node.resolve(digest));
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
