/** One thing found wrong. */
export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly timeline: string;
  /** Seconds after the beginning. */
  readonly atSeconds: number;
  /** The faults that were on, or had just been healed. */
  readonly during: string;
}

/** Everything found wrong, as it is found. */
export class Violations {
  readonly found: Violation[] = [];
  during = 'the start';
  #beganAt = performance.now();
  readonly #onFound: (violation: Violation) => void;

  constructor(onFound: (violation: Violation) => void) {
    this.#onFound = onFound;
  }

  /** The system is there: from now on time is counted. */
  begin(): void {
    this.#beganAt = performance.now();
  }

  get seconds(): number {
    return (performance.now() - this.#beganAt) / 1_000;
  }

  add(invariant: string, what: string, timeline = ''): void {
    const violation = { invariant, what, timeline, atSeconds: this.seconds, during: this.during };
    this.found.push(violation);
    this.#onFound(violation);
  }
}
