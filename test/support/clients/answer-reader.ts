export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';
const STATUS = /^HTTP\/1\.1 (\d{3}) /;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * HTTP/1.1 answers with a Content-Length, from a stream of pieces cut anywhere. Fed with latin-1 text, in which a character is a byte;
 * the bodies that matter here are ASCII.
 */
export class AnswerReader {
  #pending = '';
  #head = '';

  push(piece: string): void {
    this.#pending = this.#pending === '' ? piece : this.#pending + piece;
  }

  /** The first complete answer, taken out; null while some of it is missing. */
  take(): HttpAnswer | null {
    const headEnd = this.#pending.indexOf(HEAD_END);
    if (headEnd < 0) return null;
    const head = this.#pending.slice(0, headEnd);
    const [, status] = STATUS.exec(head) ?? [];
    const [, length] = CONTENT_LENGTH.exec(head) ?? [];
    if (status === undefined || length === undefined) throw new Error(`An answer without status or length:\n${head}`);
    this.#head = head;
    const bodyAt = headEnd + HEAD_END.length;
    const end = bodyAt + Number(length);
    if (this.#pending.length < end) return null;
    const body = this.#pending.slice(bodyAt, end);
    this.#pending = this.#pending.slice(end);
    return { status: Number(status), body };
  }

  /** Status line and headers of the answer that `take` looked at last. */
  get head(): string {
    return this.#head;
  }

  /** No byte is left over from the answers that were taken. */
  get isEmpty(): boolean {
    return this.#pending === '';
  }
}
