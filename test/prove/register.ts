import { precedes, type Span } from '@test/support/races/history.js';

/** Open until it is answered; forever, if it never is, or by a 503: then it may happen at any time. */
interface Write<Value> {
  readonly value: Value;
  readonly invokedAt: number;
  completedAt: number;
}

export interface OpenWrite {
  /** It was acknowledged: from now on it has happened. */
  acknowledged(atMs: number): void;
}

/** So many are kept in any case; older ones go when they can explain nothing any more. */
const KEPT = 64;

/**
 * Something that one client after the other sets and others look at: alive or dead, a role, a number in a key's metadata. Knows which
 * values a look may show that was under way for a given span: each that was written before the look ended, unless a later write was
 * acknowledged before the look began. Exact for one register; a look at several is judged register by register.
 */
export class Register<Value> {
  readonly #writes: Write<Value>[];

  constructor(initial: Value) {
    this.#writes = [{ value: initial, invokedAt: -Infinity, completedAt: -Infinity }];
  }

  /** What the newest write has set, answered or not. */
  get newest(): Value {
    const newest = this.#writes.at(-1);
    if (newest === undefined) throw new Error('A register without a value.');
    return newest.value;
  }

  write(value: Value, invokedAt: number): OpenWrite {
    const write = { value, invokedAt, completedAt: Infinity };
    this.#writes.push(write);
    return {
      acknowledged: (atMs) => {
        write.completedAt = Math.min(write.completedAt, atMs);
        this.#forget(write);
      },
    };
  }

  /** Happens by itself at a time that is known to within a span: an expiry. */
  writeDuring(value: Value, { invokedAt, completedAt }: Span): void {
    this.#writes.push({ value, invokedAt, completedAt });
  }

  possible(look: Span): readonly Value[] {
    const settled = this.#writes.filter((write) => precedes(write, look));
    return this.#writes.filter((write) => write.invokedAt <= look.completedAt && !settled.some((later) => precedes(write, later))).map(({ value }) => value);
  }

  #forget(acknowledged: Write<Value>): void {
    if (this.#writes.length <= KEPT) return;
    const oldest = this.#writes[0];
    // A look that began before is over long ago: calls have deadlines.
    if (oldest !== undefined && oldest !== acknowledged && precedes(oldest, acknowledged)) this.#writes.shift();
  }
}
