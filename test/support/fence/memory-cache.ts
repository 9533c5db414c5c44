import { type CachedValue, type Clock, SharedCache } from '@app/ports';

interface Stored {
  readonly value: Buffer;
  readonly untilMono: number;
}

/** Keeps what it is told, in memory. */
export class MemoryCache extends SharedCache {
  /** Answers nothing. */
  silent = false;
  reads = 0;
  readonly values = new Map<string, Stored>();
  readonly #clock: Pick<Clock, 'mono'>;

  constructor(clock: Pick<Clock, 'mono'>) {
    super();
    this.#clock = clock;
  }

  read(places: readonly string[]): Promise<readonly (Buffer | null)[]> {
    this.reads += 1;
    return Promise.resolve(places.map((place) => this.#at(place)));
  }

  write(values: readonly CachedValue[], ttlMs: number): Promise<void> {
    for (const { place, value } of values) this.values.set(place, { value, untilMono: this.#clock.mono() + ttlMs });
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #at(place: string): Buffer | null {
    const stored = this.values.get(place);
    return this.silent || stored === undefined || stored.untilMono <= this.#clock.mono() ? null : stored.value;
  }
}
