import type { ServiceReplica } from '@tools/stack';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import type { Claim, Site } from '../site.js';

/** Something that goes wrong. Resolves when it is over; `Site.heal` repairs what it leaves broken. */
export interface Fault {
  readonly name: string;
  readonly claims: readonly Claim[];
  run(site: Site, replicas: readonly ServiceReplica[], random: SeededRandom): Promise<void>;
}

/** The replica that the fault's only, or first, claim brought. */
export const first = (replicas: readonly ServiceReplica[]): ServiceReplica => {
  const [replica] = replicas;
  if (replica === undefined) throw new Error('The fault has no replica.');
  return replica;
};

/** False when it has not happened within the time. */
export const happened = (ms: number, hear: (happen: () => void) => void): Promise<boolean> =>
  new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), ms);
    hear(() => {
      clearTimeout(late);
      resolve(true);
    });
  });
