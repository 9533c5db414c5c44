import { validateHeaderName, validateHeaderValue } from 'node:http';
import { connect, type Socket } from 'node:net';
import { AnswerReader, type HttpAnswer } from './answer-reader.js';

/**
 * An answer with its times: on the monotonic clock, and on the wall clock for what expires. From before the first byte of the request was
 * written until the last byte of the answer was read. Status 0: the connection ended first, and it is unknown whether the server carried
 * the request out; the text says how it ended.
 */
export interface TimedAnswer extends HttpAnswer {
  readonly invokedAt: number;
  readonly completedAt: number;
  readonly invokedWallMs: number;
  readonly completedWallMs: number;
}

export interface HttpRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Host belongs to them. Content-Length is added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
}

interface Waiting {
  readonly isHead: boolean;
  readonly invokedAt: number;
  readonly invokedWallMs: number;
  readonly answered: (answer: TimedAnswer) => void;
}

const SILENCE_MS = 30_000;
/** A space or a line end in it would make it another request. */
const NOT_IN_A_PATH = /[^\u0021-\u00ff]/;
const WITH_A_BODY = new Set(['POST', 'PUT', 'PATCH']);

const headerLine = (name: string, value: string): string => {
  validateHeaderName(name);
  validateHeaderValue(name, value);
  return `${name}: ${value}`;
};

/** The bytes of a request as latin-1 text, in which a character is a byte: a load makes them once and sends them often. */
export const requestText = ({ method, path, headers, body }: HttpRequest): string => {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body ?? '');
  const hasLength = body !== undefined || WITH_A_BODY.has(method);
  if (NOT_IN_A_PATH.test(path)) throw new Error(`Not a path: ${JSON.stringify(path)}`);
  const lines = Object.entries(headers).map(([name, value]) => headerLine(name, value));
  return [`${method} ${path} HTTP/1.1`, ...lines, ...(hasLength ? [`content-length: ${String(bytes.length)}`] : []), '', bytes.toString('latin1')].join('\r\n');
};

/**
 * One socket to a server of this machine, HTTP/1.1 keep-alive, opened again after it ended. Requests may be sent before earlier ones are
 * answered (pipelining): answers come in the order of the requests. Not `fetch`: its times would contain a queue and a pool of its own, and
 * it costs so much that the client would set the pace in place of the server.
 */
export class HttpConnection {
  readonly #port: number;
  readonly #silenceMs: number;
  #socket: Socket | null = null;
  #reader = new AnswerReader();
  #waiting: Waiting[] = [];

  /** `silenceMs`: a connection on which nothing came for so long ends. */
  constructor(port: number, { silenceMs = SILENCE_MS }: { readonly silenceMs?: number } = {}) {
    this.#port = port;
    this.#silenceMs = silenceMs;
  }

  /** Connects before the first request, which otherwise does so itself, within its own time. */
  async opened(): Promise<this> {
    const socket = this.#socket ?? this.#open();
    await new Promise<void>((resolve, reject) => {
      if (!socket.connecting) return resolve();
      socket.once('connect', resolve).once('error', reject);
    });
    return this;
  }

  /** `answered` is called in the turn in which the last byte arrives. A promise per request would cost a load a part of its pace. */
  send(request: string, answered: (answer: TimedAnswer) => void): void {
    const socket = this.#socket ?? this.#open();
    this.#waits(request, answered);
    socket.write(request, 'latin1');
  }

  exchange(request: string): Promise<TimedAnswer> {
    return new Promise((resolve) => this.send(request, resolve));
  }

  /** All in one write, so that the server reads them in one turn of its event loop as long as they fit into one piece. */
  exchangeTogether(requests: readonly string[]): Promise<readonly TimedAnswer[]> {
    const socket = this.#socket ?? this.#open();
    const answers = requests.map((request) => new Promise<TimedAnswer>((resolve) => this.#waits(request, resolve)));
    socket.write(requests.join(''), 'latin1');
    return Promise.all(answers);
  }

  /** What has no answer yet gets status 0. */
  close(): void {
    this.#socket?.destroy(new Error('closed by the client'));
  }

  #waits(request: string, answered: (answer: TimedAnswer) => void): void {
    this.#waiting.push({ isHead: request.startsWith('HEAD '), invokedAt: performance.now(), invokedWallMs: Date.now(), answered });
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true, timeout: this.#silenceMs });
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => this.#receive(socket, piece));
    socket.on('timeout', () => socket.destroy(new Error('no answer in time')));
    socket.on('error', (error) => this.#ended(socket, error.message));
    socket.on('close', () => this.#ended(socket, 'the server closed the connection'));
    this.#socket = socket;
    return socket;
  }

  #receive(socket: Socket, piece: string): void {
    this.#reader.push(piece);
    for (let answer = this.#taken(socket); answer !== null; answer = this.#taken(socket)) {
      const isSurplus = this.#waiting.length === 0 || (this.#waiting.length === 1 && !this.#reader.isEmpty);
      if (isSurplus) {
        socket.destroy(new Error(`more answers than requests, the last: ${String(answer.status)} ${answer.text}`));
        return;
      }
      this.#answered(this.#waiting.shift(), answer);
    }
  }

  #answered(waiting: Waiting | undefined, { status, head, text }: HttpAnswer): void {
    const [completedAt, completedWallMs] = [performance.now(), Date.now()];
    waiting?.answered({ status, head, text, invokedAt: waiting.invokedAt, completedAt, invokedWallMs: waiting.invokedWallMs, completedWallMs });
  }

  #taken(socket: Socket): HttpAnswer | null {
    try {
      return this.#reader.take(this.#waiting[0]?.isHead);
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
      return null;
    }
  }

  /** Compared with the socket, because an old one may still say that it closed when the next one is open. */
  #ended(socket: Socket, why: string): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#reader = new AnswerReader();
    for (const waiting of this.#waiting.splice(0)) this.#answered(waiting, { status: 0, head: '', text: why });
  }
}
