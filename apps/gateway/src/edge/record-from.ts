import type { FenceRecordState } from '@app/domain';
import type { FenceNode } from '@app/fence';
import { orUnavailable } from '../access/or-unavailable.js';

/** The record, current as of the request; null: there never was one. Refuses with UNAVAILABLE where the node cannot know. */
export const recordFrom = (node: FenceNode, name: string): Promise<FenceRecordState | null> => orUnavailable(node.recordByName(name));
