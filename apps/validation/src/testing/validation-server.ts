import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RawRoutes, type RpcClient, UsageCounter } from '@app/platform';
import type { RateLimiter } from '@app/ports';
import { expect } from 'vitest';
import { InProcessRateLimiter } from '@app/adapters/in-process';
import { ManualClock } from '@test/support/clock/manual-clock.js';
import { ValidateKey } from '../validate-key.js';
import { ValidateRoute } from '../validate.route.js';
import { ValidationCounts } from '../validation-counts.js';
import { Validations } from '../validations.js';
import { FakeNode } from './fake-node.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
export interface Call {
  readonly path?: string;
  readonly backendKey?: string | null;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Plain text that no client can take for JSON. */
export const expectText = (answer: Answer, status: number): void => {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
  expect(() => JSON.parse(answer.body) as unknown).toThrow(SyntaxError);
};

const KEYS_PATH = '/api/backend/v1/end_user_api_keys';
export const VALIDATE = `${KEYS_PATH}/validate`;
export const VALIDATE_IMPORTED = `${KEYS_PATH}/validate_imported`;

/** No service accepts usage here. */
const silentRpc: Pick<RpcClient, 'call'> = { call: () => Promise.reject(new Error('no keys service')) };

/** The route on a real HTTP server, over a fake node. */
export class ValidationServer {
  readonly node = new FakeNode();
  readonly clock = new ManualClock();
  readonly counts = new ValidationCounts();
  readonly usage = new UsageCounter(silentRpc, this.clock);
  readonly validateKey: ValidateKey;
  readonly validations: Validations;
  readonly route: ValidateRoute;
  readonly backendKey = this.node.addBackendKey();
  readonly #routes = new RawRoutes();
  readonly #server = createServer((incoming, response) => {
    const handler = this.#routes.find(incoming.method, incoming.url);
    if (handler === undefined) response.writeHead(404).end();
    else handler(incoming, response);
  });

  constructor(limiter?: RateLimiter) {
    this.validateKey = new ValidateKey(this.node, limiter ?? new InProcessRateLimiter(this.clock, 100), this.usage);
    this.validations = new Validations(this.validateKey, this.counts);
    this.route = new ValidateRoute(this.validations);
  }

  async start(): Promise<this> {
    this.route.mount(this.#routes);
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  validate(token: string, call: Call = {}): Promise<Answer> {
    return this.post({ body: JSON.stringify({ api_key_token: token }), ...call });
  }

  post({ path = VALIDATE, backendKey = this.backendKey, body = '', headers = {} }: Call): Promise<Answer> {
    const authorization = backendKey === null ? {} : { authorization: `Bearer ${backendKey}` };
    return new Promise((resolve, reject) => {
      const outgoing = request({ port: this.port, host: '127.0.0.1', method: 'POST', path, headers: { ...authorization, ...headers } }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}
