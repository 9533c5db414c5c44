import { connect, type Socket } from 'node:net';
import { AnswerReader, type HttpAnswer } from './answer-reader.js';
import type { Span } from '../races/history.js';

/**
 * An answer with its times: on the monotonic clock, and on the wall clock for what expires. Status 0: the connection ended first, and
 * nobody knows whether the request was carried out; the body says how it ended.
 */
export interface TimedAnswer extends HttpAnswer, Span {
  readonly invokedWallMs: number;
  readonly completedWallMs: number;
}

const SILENCE_MS = 30_000;

interface Waiting {
  readonly invokedAt: number;
  readonly invokedWallMs: number;
  readonly resolve: (answer: TimedAnswer) => void;
}

/**
 * One socket, one request at a time, HTTP/1.1 keep-alive. Not `fetch`: its times would contain a queue and a pool of its own, and it
 * costs so much that the client and not the server would set the pace.
 */
export class KeepAliveConnection {
  readonly #port: number;
  #socket: Socket | null = null;
  #reader = new AnswerReader();
  #waiting: Waiting | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  exchange(request: string): Promise<TimedAnswer> {
    if (this.#waiting !== null) throw new Error('One request at a time.');
    const socket = this.#socket ?? this.#open();
    return new Promise((resolve) => {
      this.#waiting = { invokedAt: performance.now(), invokedWallMs: Date.now(), resolve };
      socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#socket?.destroy(new Error('closed by the client'));
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true, timeout: SILENCE_MS });
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
    const answer = this.#taken(socket);
    if (answer === null) return;
    if (this.#waiting === null || !this.#reader.isEmpty) socket.destroy(new Error(`more than one answer, the last: ${String(answer.status)} ${answer.body}`));
    else this.#answered(answer);
  }

  #answered({ status, body }: HttpAnswer): void {
    const [completedAt, completedWallMs] = [performance.now(), Date.now()];
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ status, body, invokedAt: waiting.invokedAt, completedAt, invokedWallMs: waiting.invokedWallMs, completedWallMs });
  }

  #taken(socket: Socket): HttpAnswer | null {
    try {
      return this.#reader.take();
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
    this.#answered({ status: 0, body: why });
  }
}
