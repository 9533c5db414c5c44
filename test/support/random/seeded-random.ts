import { createHash } from 'node:crypto';

const numberOf = (seed: string): number => createHash('sha256').update(seed).digest().readUInt32LE(0);

/**
 * Chance that can be had again: the same seed makes the same choices (mulberry32: small and fast). What a machine does with them is
 * another matter: a race of real processes may need several runs to be seen again.
 */
export class SeededRandom {
  readonly seed: number | string;
  #state: number;

  constructor(seed: number | string) {
    this.seed = seed;
    this.#state = (typeof seed === 'number' ? seed : numberOf(seed)) | 0;
  }

  /** A generator of its own, so that what one part of a run draws never moves what another gets. */
  split(name: string): SeededRandom {
    return new SeededRandom(`${this.seed}/${name}`);
  }

  /** From 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** From 0 up to and without `below`. */
  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** Both ends included. */
  whole(from: number, to: number): number {
    return from + this.integer(to - from + 1);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = this.pickOrNull(items);
    if (item === null) throw new Error('Nothing to pick from.');
    return item;
  }

  /** Null from an empty list. */
  pickOrNull<Item>(items: readonly Item[]): Item | null {
    return items[this.integer(items.length)] ?? null;
  }

  /** Up to `count` of them, each once. */
  sample<Item>(items: readonly Item[], count: number): readonly Item[] {
    const rest = [...items];
    const taken: Item[] = [];
    while (taken.length < count && rest.length > 0) taken.push(...rest.splice(this.integer(rest.length), 1));
    return taken;
  }

  shuffled<Item>(items: readonly Item[]): readonly Item[] {
    return items
      .map((item) => ({ item, place: this.next() }))
      .toSorted((left, right) => left.place - right.place)
      .map(({ item }) => item);
  }
}
