/** The position of the last change of each name that this node knows of, and the floor below which it cannot tell. */
export class LastChanges {
  readonly #posOf = new Map<string, number>();
  readonly #maxNames: number;
  #floor = 0;

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  /** Records read before the floor are refused: a change between them and the floor may have been dropped, or never received. */
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

  /** Dropped changes are below the floor from here on: otherwise an old fill could bring back what was changed. */
  #forgetOlderHalf(): void {
    const positions = Float64Array.from(this.#posOf.values()).sort();
    const middle = positions[positions.length >>> 1] ?? 0;
    // In the worst case all are at one position: then everything is dropped, and the oldest kept position is the one after it.
    const forgotten = positions[0] === middle ? middle : middle - 1;
    for (const [name, pos] of this.#posOf) if (pos <= forgotten) this.#posOf.delete(name);
    this.raiseFloor(middle);
  }
}
