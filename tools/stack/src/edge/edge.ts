import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { LOOPBACK } from '../servers/free-port.js';

/** Where requests go: origins of replicas that run now, asked for anew each time. */
export interface EdgeUpstreams {
  readonly gateway: () => readonly string[];
  readonly validation: () => readonly string[];
}

/** A command may wait for the longest lease and five seconds more. */
const SILENCE_MS = 75_000;
const VALIDATE = /^\/api\/backend\/v1\/end_user_api_keys\/validate(?:_imported)?\/?$/;
/** They belong to one connection, not to the message. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** As deploy/edge/Caddyfile decides it. */
export const upstreamOf = (method: string, target: string): keyof EdgeUpstreams =>
  method === 'POST' && VALIDATE.test(target.split('?', 1)[0] ?? '') ? 'validation' : 'gateway';

const forwarded = (rawHeaders: readonly string[]): string[] => {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!OF_THE_CONNECTION.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
};

/** What an edge says of a request, never its sender: a gateway that trusts the edge finds the environment by this host. */
const OF_THE_EDGE = new Set(['x-forwarded-for', 'x-forwarded-host']);

const requestHeaders = (incoming: IncomingMessage): string[] => {
  const sender = incoming.socket.remoteAddress ?? '';
  const before = incoming.headers['x-forwarded-for'];
  const kept = forwarded(incoming.rawHeaders.filter((_, index, all) => !OF_THE_EDGE.has(all[index - (index % 2)]?.toLowerCase() ?? '')));
  kept.push('X-Forwarded-For', [...(before === undefined ? [] : [before].flat()), sender].join(', '));
  // A body without a length must keep its framing, or the other side would take it for none.
  if (incoming.headers['transfer-encoding'] !== undefined) kept.push('Transfer-Encoding', 'chunked');
  return kept;
};

/** One public port for gateway and validation, by path. It knows nothing of keys and changes no answer. */
export class Edge {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #upstreams: EdgeUpstreams;
  readonly #server: Server;
  readonly #turns = { gateway: 0, validation: 0 };

  constructor(upstreams: EdgeUpstreams) {
    this.#upstreams = upstreams;
    this.#server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 0 }, (incoming, outgoing) => this.#pass(incoming, outgoing));
  }

  get origin(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The edge is not listening.');
    return `http://${LOOPBACK}:${String(address.port)}`;
  }

  /** Port 0: a free one. */
  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, LOOPBACK, () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
  }

  /** Takes no new connections, and cuts those that are left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    const late = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
    clearTimeout(late);
    this.#agent.destroy();
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const upstream = this.#next(upstreamOf(incoming.method ?? '', incoming.url ?? ''));
    if (upstream === null) {
      answerPlainly(incoming, outgoing, 503, 'No process of this service is running.');
      return;
    }
    const { hostname, port } = new URL(upstream);
    // The target as it came: an edge that tidied it could lead to another route than the one that was checked.
    const onward = request({
      agent: this.#agent,
      host: hostname,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: requestHeaders(incoming),
      setHost: false,
      timeout: SILENCE_MS,
    });
    onward.once('timeout', () => onward.destroy(new Error('silent')));
    onward.on('error', () => answerPlainly(incoming, outgoing, 502, 'The service did not answer.'));
    onward.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, forwarded(answer.rawHeaders));
      pipeline(answer, outgoing, () => undefined);
    });
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) onward.destroy();
    });
    // Not a pipeline: an answer that comes before the body has ended must still reach the client.
    incoming.pipe(onward);
  }

  #next(service: keyof EdgeUpstreams): string | null {
    const origins = this.#upstreams[service]();
    this.#turns[service] += 1;
    return origins[this.#turns[service] % origins.length] ?? null;
  }
}

const answerPlainly = (incoming: IncomingMessage, outgoing: ServerResponse, status: number, text: string): void => {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  incoming.unpipe();
  incoming.resume();
  outgoing.writeHead(status, { 'content-type': 'text/plain', ...(status === 503 ? { 'retry-after': '1' } : {}) }).end(`${text}\n`);
};
