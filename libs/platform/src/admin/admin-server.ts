import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { addressOf, listenOn, listenOnDefault, type ListeningSettings } from '../listening.js';
import type { ChosenPort } from '../settings/settings-reader.js';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';
const METHODS = ['GET', 'HEAD'];
/** A scraper sends no more than a line and some headers. */
const TIMEOUTS = { requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 60_000 };
const SETTINGS: ListeningSettings = { host: 'ADMIN_HOST', port: 'ADMIN_PORT' };

const json = (status: number, value: unknown): Page => ({ status, type: JSON_TYPE, body: `${JSON.stringify(value)}\n` });

/** `/metrics`, `/healthz` and `/readyz` on an address of their own, which outside callers do not reach: they show the state of the process. */
export class AdminServer {
  readonly #server: Server;
  readonly #logger = new Logger('admin');
  readonly #pages: ReadonlyMap<string, () => Page | Promise<Page>>;

  constructor(metrics: Metrics, readiness: Readiness) {
    this.#pages = new Map<string, () => Page | Promise<Page>>([
      ['/metrics', async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() })],
      // The response itself is the answer: the event loop runs.
      ['/healthz', () => json(200, { status: 'ok' })],
      [
        '/readyz',
        async () => {
          const { ready, checks } = await readiness.report();
          return ready ? json(200, { status: 'ready', checks }) : json(503, { status: 'not ready', checks });
        },
      ],
    ]);
    this.#server = createServer(TIMEOUTS, (request, response) => this.#answer(request, response));
  }

  /**
   * A second process on the same machine must start although the first has the default port. A configured port is another
   * matter: monitoring expects the process there. Resolves to whether it got that port; throws with a sentence for the operator.
   */
  async listen(host: string, { port, isDefault }: ChosenPort): Promise<boolean> {
    if (isDefault) return listenOnDefault(this.#server, host, port, SETTINGS);
    await listenOn(this.#server, host, port, SETTINGS);
    return true;
  }

  get origin(): string {
    return addressOf(this.#server);
  }

  /** The last server of a process to close. A client that is still reading a response is disconnected: the process ends anyway. */
  close(): Promise<void> {
    if (!this.#server.listening) return Promise.resolve();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const page = this.#pages.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (page === undefined) return send(response, { status: 404, type: TEXT_TYPE, body: 'This address serves /metrics, /healthz and /readyz.\n' });
    if (!METHODS.includes(request.method ?? '')) {
      response.setHeader('Allow', METHODS.join(', '));
      return send(response, { status: 405, type: TEXT_TYPE, body: 'Only GET and HEAD.\n' });
    }
    Promise.resolve(page()).then(
      (answer) => send(response, answer),
      (error: unknown) => this.#fail(response, error),
    );
  }

  #fail(response: ServerResponse, error: unknown): void {
    this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    send(response, { status: 500, type: TEXT_TYPE, body: 'This failed; the log says why.\n' });
  }
}

const send = (response: ServerResponse, { status, type, body }: Page): void => {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), 'Cache-Control': 'no-store' });
  response.end(body);
};
