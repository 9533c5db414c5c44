/** One step of the mulberry32 generator: a number in [0, 1) from a 32-bit state. */
const unit = (state: number): number => {
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

const mix = (left: number, right: number): number => Math.imul((left ^ right) + 0x9e3779b9, 0x85ebca6b) ^ (left >>> 13);

/** A stream of choices that follows from its seed alone. */
export class Choices {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    return unit(this.#state);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }
}

/**
 * What befalls the n-th thing of a kind, whatever befell the others: leaving a step out of a schedule leaves the rest as it was,
 * so a failing schedule can be made shorter.
 */
export class Fates {
  readonly #seed: number;
  readonly #counts = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  of(kind: string): Choices {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    let seed = mix(this.#seed, count);
    for (let index = 0; index < kind.length; index += 1) seed = mix(seed, kind.charCodeAt(index));
    return new Choices(seed);
  }
}
