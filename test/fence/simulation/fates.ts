import { SeededRandom } from '@test/support/random/seeded-random.js';

const mix = (left: number, right: number): number => Math.imul((left ^ right) + 0x9e3779b9, 0x85ebca6b) ^ (left >>> 13);

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

  of(kind: string): SeededRandom {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    let seed = mix(this.#seed, count);
    for (let index = 0; index < kind.length; index += 1) seed = mix(seed, kind.charCodeAt(index));
    return new SeededRandom(seed);
  }
}
