import { inspect } from 'node:util';

/**
 * A value that must not be seen: prints `[redacted]` in strings, JSON, logs and inspections.
 * `reveal()` is called where the gateway hands out a token that it made, and in the validate route; a test lists the files.
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
