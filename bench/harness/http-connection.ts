import { connect, type Socket } from 'node:net';
import { AnswerReader, type HttpAnswer } from '@test/support/clients/answer-reader.js';

const SILENCE_MS = 30_000;

export interface AnswerWithHead extends HttpAnswer {
  /** Status line and headers. */
  readonly head: string;
}

interface Waiting {
  readonly resolve: (answer: AnswerWithHead) => void;
  readonly reject: (error: Error) => void;
}

/** One keep-alive connection that is open already, with one request in flight. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #reader = new AnswerReader();
  #waiting: Waiting | null = null;
  #ending: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => this.#receive(piece));
    socket.on('timeout', () => { if (this.#waiting !== null) socket.destroy(new Error('no answer in time')); });
    socket.on('error', (error) => this.#ended(error));
    socket.on('close', () => this.#ended(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, timeout: SILENCE_MS });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  exchange(request: string): Promise<AnswerWithHead> {
    if (this.#ending !== null) return Promise.reject(this.#ending);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#socket.end();
  }

  #receive(piece: string): void {
    try {
      this.#reader.push(piece);
      const answer = this.#reader.take();
      if (answer === null) return;
      const waiting = this.#waiting;
      this.#waiting = null;
      waiting?.resolve({ ...answer, head: this.#reader.head });
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #ended(error: Error): void {
    this.#ending ??= error;
    this.#waiting?.reject(this.#ending);
    this.#waiting = null;
  }
}
