import { connect, type Socket } from 'node:net';
import { AnswerReader, type HttpAnswer } from '@test/support/clients/answer-reader.js';
import type { TimedAnswer } from '@test/support/clients/keep-alive-connection.js';

interface Waiting {
  readonly invokedAt: number;
  readonly invokedWallMs: number;
  readonly resolve: (answer: TimedAnswer) => void;
}

const SILENCE_MS = 15_000;

/** One socket and any number of requests on their way; the answers come in the order of the requests. Status 0: the connection ended first. */
export class PipelinedConnection {
  readonly #socket: Socket;
  readonly #reader = new AnswerReader();
  readonly #waiting: Waiting[] = [];

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, timeout: SILENCE_MS });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (piece: string) => {
      this.#reader.push(piece);
      for (let answer = this.#reader.take(); answer !== null; answer = this.#reader.take()) this.#answered(answer);
    });
    this.#socket.on('timeout', () => this.#socket.destroy());
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => { while (this.#waiting.length > 0) this.#answered({ status: 0, body: 'closed' }); });
  }

  exchange(request: string): Promise<TimedAnswer> {
    return new Promise((resolve) => {
      this.#waiting.push({ invokedAt: performance.now(), invokedWallMs: Date.now(), resolve });
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #answered({ status, body }: HttpAnswer): void {
    const waiting = this.#waiting.shift();
    waiting?.resolve({ ...waiting, status, body, completedAt: performance.now(), completedWallMs: Date.now() });
  }
}
