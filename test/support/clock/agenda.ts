/** Something that is to happen at a moment. */
export interface Due {
  at: number;
  /** Of two at one moment the lower is first. */
  readonly order: number;
}

const isBefore = (left: Due, right: Due): boolean => left.at < right.at || (left.at === right.at && left.order < right.order);

/** What is to happen, the earliest first. */
export class Agenda<Thing extends Due> {
  readonly #heap: Thing[] = [];

  get first(): Thing | undefined {
    return this.#heap[0];
  }

  add(thing: Thing): void {
    const heap = this.#heap;
    let index = heap.push(thing) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(thing, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = thing;
  }

  takeFirst(): Thing | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(thing: Thing): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below !== undefined && right !== undefined && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (below === undefined || !isBefore(below, thing)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = thing;
  }
}
