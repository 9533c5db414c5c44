import { connect, type Socket } from 'node:net';
import { KEYS } from '@test/support/clients/backend-api.js';

/** Commands that are sent at once. Together they are smaller than what a socket takes and gives in one piece. */
const BURST = 8;
const ISSUED = /"api_key_id":\s*"([0-9a-f]{32})"/g;
const REFUSED = /HTTP\/1\.1 (?!200)\d{3}/;

/**
 * Issues keys in bursts, one after another on one connection: a burst is one write, so the server reads all of it in one turn of its
 * event loop, and its commands arrive at the same moment. Their order in the log then says who was held up by what, without a clock.
 */
export class CommandBursts {
  /** Ids of the keys of each burst that was answered completely. */
  readonly answered: (readonly string[])[] = [];
  readonly #socket: Socket;
  readonly #burst: string;
  readonly #ended: Promise<void>;
  #text = '';
  #stopping = false;
  #refusal: string | null = null;

  constructor(port: number, backendKey: string, userId: string) {
    this.#burst = requestText(backendKey, JSON.stringify({ user_id: userId })).repeat(BURST);
    this.#socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1');
    this.#socket.on('connect', () => this.#socket.write(this.#burst));
    this.#socket.on('data', (text: string) => this.#read(text));
    // A kill of the server resets the connection; which answers came before it is all that counts.
    this.#socket.on('error', () => undefined);
    this.#ended = new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  /** After the answers of the burst under way, or the end of the server. Throws when a command was refused. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.ended();
  }

  async ended(): Promise<void> {
    await this.#ended;
    if (this.#refusal !== null) throw new Error(`A command was refused: ${this.#refusal}`);
  }

  #read(text: string): void {
    this.#text += text;
    if (REFUSED.test(this.#text)) {
      this.#refusal = this.#text.slice(0, 500);
      this.#socket.destroy();
      return;
    }
    const keyIds = [...this.#text.matchAll(ISSUED)].map(([, keyId = '']) => keyId);
    if (keyIds.length < BURST || !this.#text.endsWith('}')) return;
    this.answered.push(keyIds);
    this.#text = '';
    if (this.#stopping) this.#socket.end();
    else this.#socket.write(this.#burst);
  }
}

const requestText = (backendKey: string, body: string): string => {
  const head = ['Host: 127.0.0.1', `Authorization: Bearer ${backendKey}`, 'Content-Type: application/json', `Content-Length: ${String(body.length)}`];
  return `POST ${KEYS} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`;
};
