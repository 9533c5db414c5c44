import type { Readable } from 'node:stream';

/** Everything a stream has printed so far, and a way to wait for a piece of it without polling. */
export class OutputLog {
  #text = '';
  #over: boolean;
  readonly #waiting = new Set<() => void>();

  constructor(stream: Readable | null) {
    this.#over = stream === null;
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#wake();
    });
    stream?.once('close', () => {
      this.#over = true;
      this.#wake();
    });
  }

  get text(): string { return this.#text; }

  /** Resolves with the first match; with null when the stream ends without one. */
  match(pattern: RegExp): Promise<RegExpExecArray | null> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = pattern.exec(this.#text);
        if (found === null && !this.#over) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }
}
