import { type FenceRecordState, Refusal } from '@app/domain';
import { type FenceNode, FenceUnavailable } from '@app/fence';

/** The record, current as of the request; null: there never was one. Refuses with UNAVAILABLE where the node cannot know. */
export const recordFrom = async (node: FenceNode, name: string): Promise<FenceRecordState | null> => {
  try {
    return await node.recordByName(name);
  } catch (error) {
    if (error instanceof FenceUnavailable) throw new Refusal('UNAVAILABLE', { message: error.message });
    throw error;
  }
};
