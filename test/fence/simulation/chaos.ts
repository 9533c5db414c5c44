import type { SeededRandom } from '@test/support/random/seeded-random.js';
import { Fates } from './fates.js';
import type { Scheduler } from './scheduler.js';

/** How hostile a world is from beginning to end; single steps of a schedule add to it. */
export interface Hostility {
  readonly seed: number;
  readonly loss: number;
  readonly repeats: number;
  readonly delays: number;
  /** Of fills answered by the cache instead. */
  readonly cache: number;
  /** Of the values in the cache that nodes share; null if there is none. */
  readonly sharedCache: number | null;
  /** Of inserts whose answer is lost, half of them after the insert. */
  readonly silence: number;
  /** Never hears a push. */
  readonly deafNode: number | null;
  /** Reads the log late. */
  readonly slowReplica: number | null;
  /** Of things that happen in a process, after which it is stopped for a while: for garbage, or because others run. */
  readonly pauses: number;
}

export type Fate = { readonly kind: 'lost' } | { readonly kind: 'arrives'; readonly afterMs: readonly number[] };

const LOST: Fate = { kind: 'lost' };

/** Decides what becomes of messages and of calls to the store. */
export class Chaos {
  readonly hostility: Hostility;
  readonly #fates: Fates;
  readonly #scheduler: Scheduler;
  /** By "from>to": until when nothing passes. */
  readonly #cutUntil = new Map<string, number>();
  readonly #pauses: SeededRandom;
  #healed = false;

  constructor(scheduler: Scheduler, hostility: Hostility) {
    this.#scheduler = scheduler;
    this.hostility = hostility;
    this.#fates = new Fates(hostility.seed);
    this.#pauses = this.#fates.of('pauses');
  }

  /** Nothing is lost or late from now on. */
  heal(): void {
    this.#healed = true;
    this.#cutUntil.clear();
  }

  get isHealed(): boolean {
    return this.#healed;
  }

  cut(way: string, forMs: number): void {
    this.#cutUntil.set(way, this.#scheduler.now + forMs);
  }

  isCut(way: string): boolean {
    return (this.#cutUntil.get(way) ?? 0) > this.#scheduler.now;
  }

  choices(kind: string): SeededRandom {
    return this.#fates.of(kind);
  }

  message(kind: string, from: string, to: string): Fate {
    const fate = this.#fates.of(`${kind} ${from}>${to}`);
    if (this.#healed) return { kind: 'arrives', afterMs: [fate.between(0.1, 1)] };
    const { loss, repeats, deafNode } = this.hostility;
    if (this.isCut(`${from}>${to}`) || this.isCut(`${kind}>${to}`)) return LOST;
    if (kind === 'push' && deafNode !== null && to === `node${deafNode}`) return LOST;
    if (fate.chance(loss)) return LOST;
    const first = this.#delay(fate);
    return { kind: 'arrives', afterMs: fate.chance(repeats) ? [first, first + this.#delay(fate)] : [first] };
  }

  /** For how long a process is stopped after what it has just done; mostly 0. */
  pauseMs(): number {
    if (this.hostility.pauses === 0 || this.#healed || !this.#pauses.chance(this.hostility.pauses)) return 0;
    return this.#pauses.chance(0.3) ? this.#pauses.between(200, 1_500) : this.#pauses.between(5, 60);
  }

  /** Milliseconds to the store and back. */
  storeCall(kind: string, machine: string): { readonly toMs: number; readonly backMs: number; readonly silent: 'no' | 'before' | 'after' } {
    const fate = this.#fates.of(`${kind} ${machine}`);
    if (this.#healed) return { toMs: 0.2, backMs: 0.2, silent: 'no' };
    const { silence, slowReplica } = this.hostility;
    const cut = this.isCut(`${machine}>store`);
    const lost = cut || fate.chance(kind === 'insert' ? silence : silence / 4);
    const isSlow = slowReplica !== null && machine === `keys${slowReplica}` && kind === 'read';
    const toMs = this.#delay(fate);
    const backMs = isSlow ? fate.between(50, 600) : this.#delay(fate);
    if (!lost) return { toMs, backMs, silent: 'no' };
    return { toMs, backMs: fate.between(50, 400), silent: cut || fate.chance(0.5) ? 'before' : 'after' };
  }

  /** Of a call to the shared cache; null if it is lost. */
  cacheDelayMs(fate: SeededRandom): number | null {
    if (this.#healed) return 0.3;
    if (fate.chance(this.hostility.loss)) return null;
    return Math.min(this.#delay(fate), 49);
  }

  #delay(fate: SeededRandom): number {
    if (!fate.chance(this.hostility.delays)) return fate.between(0.1, 3);
    return fate.chance(0.2) ? fate.between(100, 1_500) : fate.between(3, 60);
  }
}
