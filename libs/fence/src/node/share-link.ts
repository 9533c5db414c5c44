import type { FenceRecordState } from '@app/domain';
import { type CachedRecord, VerdictLink } from './cached-record.js';
import type { VerdictBasis } from './verdict-join.js';

/** A principal in more different sets than this shares less: that costs only memory, and finding a link stays cheap. */
const LINKS_KEPT = 32;

/**
 * The one link of all keys with these records. The user holds it, else the organization, else the environment: it goes with that
 * record, and is found by the identity of the records themselves. `pointers` are of the map, so none of them is dead, and a link with
 * a dead one is never equal; those are let go here, because with the dead records their answers would stay.
 */
export const shareLink = (basis: VerdictBasis, pointers: readonly CachedRecord[]): VerdictLink => {
  const holder = pointers[1] ?? pointers[0];
  const kept = keptOf(holder?.links ?? null);
  const known = kept.find((link) => isOf(link, basis, pointers));
  if (known !== undefined) return known;
  // A copy: what grew by `push` has room for more, which would be kept for as long as the link.
  const made = new VerdictLink(basis, pointers.slice());
  const held = [made, ...kept.slice(0, LINKS_KEPT - 1)];
  held.forEach((link, index) => (link.older = held[index + 1] ?? null));
  if (holder !== undefined) holder.links = made;
  return made;
};

const keptOf = (newest: VerdictLink | null): VerdictLink[] => {
  const kept: VerdictLink[] = [];
  for (let link = newest; link !== null; link = link.older) if (link.alive) kept.push(link);
  return kept;
};

/** Member organizations are told by the pointers alone; the roles are compared as well, because a user may be owner or creator. */
const isOf = (link: VerdictLink, { user, org, creator }: VerdictBasis, pointers: readonly CachedRecord[]): boolean =>
  link.user === user &&
  link.org === org &&
  link.creator === creator &&
  link.pointers.length === pointers.length &&
  link.pointers.every((pointer, index) => pointer === pointers[index]);

/** The same state with the ids that its principals have too: every message brought its own copies of these strings. */
export const withIdsOf = (state: FenceRecordState, { environment, user, org, creator }: VerdictBasis): FenceRecordState => {
  if (state.kind !== 'key') return state;
  return {
    ...state,
    environmentId: environment.environmentId,
    userId: user?.userId ?? state.userId,
    orgId: org?.orgId ?? state.orgId,
    creatorId: creator?.userId ?? state.creatorId,
  };
};
