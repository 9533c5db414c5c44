/**
 * Small, fast and the same for the same seed (mulberry32): the seed of a failing run makes the same choices again. What the machine
 * does with them is another matter: a race may need several runs to be seen again.
 */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to and without `below`. */
  integer(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.integer(items.length)];
    if (item === undefined) throw new Error('Nothing to pick from.');
    return item;
  }

  shuffled<Item>(items: readonly Item[]): readonly Item[] {
    return items.map((item) => ({ item, place: this.integer(2 ** 31) })).sort((left, right) => left.place - right.place).map(({ item }) => item);
  }
}
