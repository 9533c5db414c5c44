/** The position of the last change of each name, as far as this node was told; and below which it cannot say. */
export class LastChanges {
  readonly #posOf = new Map<string, number>();
  readonly #maxNames: number;
  #floor = 0;

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  /** Records read before it are refused: what changed between them and it may have been forgotten, or never told. */
  get floor(): number {
    return this.#floor;
  }

  get size(): number {
    return this.#posOf.size;
  }

  /** 0 when no change is known. */
  of(name: string): number {
    return this.#posOf.get(name) ?? 0;
  }

  note(name: string, pos: number): void {
    if (pos <= this.of(name)) return;
    this.#posOf.set(name, pos);
    if (this.#posOf.size > this.#maxNames) this.#forgetOlderHalf();
  }

  raiseFloor(pos: number): void {
    this.#floor = Math.max(this.#floor, pos);
  }

  /** What is forgotten lies below the floor from here on: without that, an old fill could bring back what was changed. */
  #forgetOlderHalf(): void {
    const positions = Float64Array.from(this.#posOf.values()).sort();
    const middle = positions[positions.length >>> 1] ?? 0;
    // All of one position in the worst case: then the oldest kept is the one after, and nothing is.
    const forgotten = positions[0] === middle ? middle : middle - 1;
    for (const [name, pos] of this.#posOf) if (pos <= forgotten) this.#posOf.delete(name);
    this.raiseFloor(middle);
  }
}
