import { tags } from '@app/domain';
import { type CachedValue, SharedCache } from '@app/ports';
import { type AskedFor, SealedRecords } from '@app/fence/node/sealed-records.js';
import type { SeededRandom } from '@test/support/random/seeded-random.js';
import type { Chaos } from './chaos.js';
import type { Life } from './machine.js';
import type { Network } from './network.js';
import type { Scheduler } from './scheduler.js';
import type { Timeline } from './timeline.js';
import type { Truth } from './truth.js';
import { digestOf, ENV, HOSTS, ORG, USERS } from './world-start.js';

export const CACHE_SECRET = Buffer.alloc(32, 3);
/** The product's own deadline: silence for so long is a miss. */
const DEADLINE_MS = 50;
const ANOTHER_LOG = 'e'.repeat(64);
/** Later than anything: a node that believed it would never let go of the record. */
const FAR_AHEAD = 1_000_000;

interface SurroundingWorld {
  readonly scheduler: Scheduler;
  readonly chaos: Chaos;
  readonly timeline: Timeline;
  readonly truth: Truth;
  readonly network: Network;
  readonly keyIds: readonly string[];
}

/** What all nodes share: every value that was ever written, and what else an attacker without a secret can put there. */
export class CacheContents {
  readonly #world: SurroundingWorld;
  readonly #everWritten = new Map<string, Buffer[]>();
  readonly #sealed = new SealedRecords(CACHE_SECRET);

  constructor(world: SurroundingWorld) {
    this.#world = world;
  }

  write(values: readonly CachedValue[]): void {
    for (const { place, value } of values) {
      const known = this.#everWritten.get(place) ?? [];
      known.push(value);
      this.#everWritten.set(place, known);
    }
  }

  honest(place: string): Buffer | null {
    return this.#everWritten.get(place)?.at(-1) ?? null;
  }

  hostile(place: string, fate: SeededRandom): Buffer | null {
    const earlier = this.#everWritten.get(place) ?? [];
    const some = earlier[fate.integer(Math.max(1, earlier.length))] ?? null;
    switch (fate.integer(7)) {
      case 0:
        return null;
      case 1:
        return some === null ? null : flipped(some, fate);
      case 2: {
        const places = [...this.#everWritten.keys()];
        return this.honest(places[fate.integer(Math.max(1, places.length))] ?? place);
      }
      case 3:
        return Buffer.alloc(fate.integer(40), fate.integer(256));
      case 4:
        return this.#ofAnotherLog(place, fate);
      default:
        return some;
    }
  }

  /** Rightly sealed by a deployment with the same secret: one that was set up anew, with this log's records as they may once have been. */
  #ofAnotherLog(place: string, fate: SeededRandom): Buffer | null {
    const { truth, keyIds } = this.#world;
    const sessions = truth.namesOf('session-');
    const names = [...USERS.map((userId) => tags.user(userId)), tags.org(ORG), tags.env(ENV), ...HOSTS.map((host) => tags.authHost(host)), ...sessions].map(
      (name) => ({ asked: { name }, name }),
    );
    const keys = keyIds.map((keyId) => ({ asked: { digest: digestOf(keyId) }, name: tags.key(keyId) }));
    const found = [...names, ...keys].find(({ asked }: { asked: AskedFor }) => this.#sealed.placeOf(asked) === place);
    const versions = found === undefined ? [] : truth.versions(found.name);
    const version = versions[fate.integer(Math.max(1, versions.length))];
    if (found === undefined || version === undefined) return null;
    const state = JSON.parse(truth.recordJson(found.name, version)) as never;
    return this.#sealed.seal(place, ANOTHER_LOG, { name: found.name, state, asOf: FAR_AHEAD, ...('digest' in found.asked ? found.asked : {}) });
  }
}

const flipped = (value: Buffer, fate: SeededRandom): Buffer => {
  const copy = Buffer.from(value);
  const at = fate.integer(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << fate.integer(8));
  return copy;
};

/** One process's connection to it. */
export class SimulatedCache extends SharedCache {
  readonly #world: SurroundingWorld;
  readonly #contents: CacheContents;
  readonly #life: Life;
  readonly #lies: number;

  /** `lies`: of values, how many are not the newest written there. */
  constructor(world: SurroundingWorld, contents: CacheContents, life: Life, lies: number) {
    super();
    this.#world = world;
    this.#contents = contents;
    this.#life = life;
    this.#lies = lies;
  }

  read(places: readonly string[]): Promise<readonly (Buffer | null)[]> {
    const { scheduler, chaos, timeline, network } = this.#world;
    const { name } = this.#life.machine;
    const fate = chaos.choices(`shared cache ${name}`);
    const delay = chaos.cacheDelayMs(fate);
    network.messages += 1;
    return new Promise((resolve) => {
      const answer = (afterMs: number, valueAt: (place: string) => Buffer | null): void =>
        scheduler.later(afterMs, this.#life, () => {
          const values = places.map(valueAt);
          timeline.note(
            name,
            `looked into the cache for ${places.length}`,
            values.map((value) => value !== null),
          );
          resolve(values);
        });
      if (delay === null) answer(DEADLINE_MS, () => null);
      else answer(delay, (place) => (chaos.isHealed || !fate.chance(this.#lies) ? this.#contents.honest(place) : this.#contents.hostile(place, fate)));
    });
  }

  write(values: readonly CachedValue[]): Promise<void> {
    const { scheduler, chaos } = this.#world;
    const delay = chaos.cacheDelayMs(chaos.choices(`shared cache write ${this.#life.machine.name}`));
    if (delay !== null) scheduler.later(delay, null, () => this.#contents.write(values));
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
