export interface HttpAnswer {
  /** 0: no answer came. */
  readonly status: number;
  /** Status line and header lines, as they were sent. */
  readonly head: string;
  readonly text: string;
}

const LINE_END = '\r\n';
const HEAD_END = '\r\n\r\n';
const STATUS = /^HTTP\/1\.1 (\d{3})/;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;
const BEYOND_ASCII = /[\x80-\xff]/;
/** These never have a body. */
const BODILESS = new Set([204, 304]);

const statusIn = (head: string): number => Number(STATUS.exec(head)?.[1] ?? 0);
const utf8 = (latin1: string): string => (BEYOND_ASCII.test(latin1) ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1);

/** The chunks from `at` on, joined; null while some are missing. Trailers are not expected. */
const joinedChunks = (pending: string, at: number): { readonly body: string; readonly end: number } | null => {
  let body = '';
  for (let from = at; ;) {
    const lineEnd = pending.indexOf(LINE_END, from);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(pending.slice(from, lineEnd), 16);
    const start = lineEnd + LINE_END.length;
    const end = start + size + LINE_END.length;
    if (Number.isNaN(size)) throw new Error(`A chunk without a size: ${pending.slice(from, lineEnd)}`);
    if (pending.length < end) return null;
    if (size === 0) return { body, end };
    body += pending.slice(start, start + size);
    from = end;
  }
};

/** HTTP/1.1 answers from a stream of pieces cut anywhere. Fed with latin-1 text, in which a character is a byte. */
export class AnswerReader {
  #pending = '';

  push(piece: string): void {
    this.#pending = this.#pending === '' ? piece : this.#pending + piece;
  }

  /** The first complete answer, taken out; null while some of it is missing. `toHead`: its request was a HEAD, so no body follows. */
  take(toHead = false): HttpAnswer | null {
    const headEnd = this.#pending.indexOf(HEAD_END);
    if (headEnd < 0) return null;
    const head = this.#pending.slice(0, headEnd);
    const status = statusIn(head);
    const framed = this.#body(head, headEnd + HEAD_END.length, toHead || BODILESS.has(status));
    if (framed === null) return null;
    this.#pending = this.#pending.slice(framed.end);
    return { status, head, text: utf8(framed.body) };
  }

  /** What came until the connection ended, for an answer that ends with it. */
  rest(): HttpAnswer {
    const pending = this.#pending;
    this.#pending = '';
    const headEnd = pending.indexOf(HEAD_END);
    const head = headEnd < 0 ? pending : pending.slice(0, headEnd);
    const bodyAt = headEnd < 0 ? pending.length : headEnd + HEAD_END.length;
    const chunked = CHUNKED.test(head) ? joinedChunks(pending, bodyAt) : null;
    return { status: statusIn(head), head, text: utf8(chunked?.body ?? pending.slice(bodyAt)) };
  }

  /** No byte is left over from the answers that were taken. */
  get isEmpty(): boolean {
    return this.#pending === '';
  }

  #body(head: string, at: number, isBodiless: boolean): { readonly body: string; readonly end: number } | null {
    const [, length] = CONTENT_LENGTH.exec(head) ?? [];
    const isChunked = length === undefined && CHUNKED.test(head);
    if (statusIn(head) === 0 || (length === undefined && !isChunked && !isBodiless)) throw new Error(`An answer without status or length:\n${head}`);
    if (isBodiless) return { body: '', end: at };
    if (isChunked) return joinedChunks(this.#pending, at);
    const end = at + Number(length);
    return this.#pending.length < end ? null : { body: this.#pending.slice(at, end), end };
  }
}

/** The header lines of a head, for those that ask for one by name. */
export const headersIn = (head: string): Headers => {
  const headers = new Headers();
  for (const line of head.split(LINE_END).slice(1)) {
    const colon = line.indexOf(':');
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
};
