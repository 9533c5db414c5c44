import type { FenceAuthority } from '@app/fence';

/** Rejects while the authority is starting: before it has read the registry it finds nobody missing, and would acknowledge at once. */
export const readyBarrier = async (authority: FenceAuthority, pos: number, names: readonly string[]): Promise<void> => {
  // Throws until the feed and the registry are there.
  void authority.changesFeed;
  await authority.barrier(pos, names);
};
