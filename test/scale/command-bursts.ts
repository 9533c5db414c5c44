import { KEYS, textAt } from '@test/support/clients/backend-api.js';
import { backendRequest, type Target } from '@test/support/clients/connected-backend-api.js';
import { HttpConnection } from '@test/support/clients/http-connection.js';

/** Commands that are sent at once. Together they are smaller than what a socket takes and gives in one piece. */
const BURST = 8;

/**
 * Issues keys in bursts, one after another on one connection: a burst is one write, so the server reads all of it in one turn of its
 * event loop, and its commands arrive at the same moment. Their order in the log then says who was held up by what, without a clock.
 */
export class CommandBursts {
  /** Ids of the keys of each burst that was answered completely. */
  readonly answered: (readonly string[])[] = [];
  readonly #connection: HttpConnection;
  readonly #burst: readonly string[];
  readonly #running: Promise<void>;
  #stopping = false;

  constructor(target: Target, userId: string) {
    this.#burst = Array.from({ length: BURST }, () => backendRequest(target, 'POST', KEYS, { user_id: userId }));
    this.#connection = new HttpConnection(target.port);
    this.#running = this.#run();
    this.#running.catch(() => undefined);
  }

  /** After the answers of the burst under way, or the end of the server. Throws when a command was refused. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.ended();
  }

  ended(): Promise<void> {
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      // The first connection's handshake must not part the commands of the first burst.
      await this.#connection.opened();
      while (!this.#stopping) {
        const answers = await this.#connection.exchangeTogether(this.#burst);
        const refused = answers.find(({ status }) => status !== 200 && status !== 0);
        if (refused !== undefined) throw new Error(`A command was refused: ${String(refused.status)} ${refused.text}`);
        // A kill of the server resets the connection; which answers came before it is all that counts.
        if (answers.some(({ status }) => status === 0)) return;
        this.answered.push(answers.map(({ text }) => textAt(JSON.parse(text), 'api_key_id')));
      }
    } finally {
      this.#connection.close();
    }
  }
}
