import type { Readable } from 'node:stream';

/** Enough for every line that a test looks for; a service that logs for hours must not fill this process. */
const MOST_CHARACTERS = 4_000_000;

/** What a stream has printed (the last four million characters), and a way to wait for a piece of it without polling. */
export class CapturedOutput {
  #text = '';
  #over: boolean;
  readonly #waiting = new Set<() => void>();

  /** Null: there is no such stream, and nothing ever comes. */
  constructor(stream: Readable | null) {
    this.#over = stream === null;
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      this.#text = (this.#text + chunk).slice(-MOST_CHARACTERS);
      this.#wake();
    });
    stream?.once('close', () => {
      this.#over = true;
      this.#wake();
    });
  }

  get text(): string {
    return this.#text;
  }

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
