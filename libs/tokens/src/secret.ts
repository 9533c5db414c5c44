import { inspect } from 'node:util';

/**
 * A value that must not be seen: prints `[redacted]` in strings, JSON, logs and inspections.
 * `reveal()` is called in two places only, listed by a test: where the gateway hands a token out, and in the validate route.
 */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[redacted]';
  }
  toJSON(): string {
    return '[redacted]';
  }
  [inspect.custom](): string {
    return '[redacted]';
  }
}
