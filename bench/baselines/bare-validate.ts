// Servers that do the least that a validation needs. They read the body, make the same two digests, look both up in Maps and write the
// same bytes under the same headers. No rules, no lease, no limits, no counting.
import { hash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { ValidateContents, ValidateWish } from './baseline-protocol.js';

const KEEP_ALIVE_MS = 72_000;
export const JSON_TYPE = 'application/json; charset=utf-8';

export const tokenDigest = (space: string, token: string): string => hash('sha256', `native:${space}\n${token}`, 'hex');
const backendDigest = (backendKey: string): string => hash('sha256', `backend\n${backendKey}`, 'hex');

const SPACE = 'bench';

export class ValidateMemory {
  readonly #backendKeys: ReadonlyMap<string, { readonly environmentId: string }>;
  readonly #keys: ReadonlyMap<string, { readonly answer: Buffer }>;
  #answered = 0;

  constructor({ backendKey, keys }: ValidateContents) {
    this.#backendKeys = new Map([[backendDigest(backendKey), { environmentId: SPACE }]]);
    this.#keys = new Map(keys.map(({ token, body }) => [tokenDigest(SPACE, token), { answer: Buffer.from(body) }]));
  }

  answer(authorization: string, token: string): Buffer {
    const backendKey = this.#backendKeys.get(backendDigest(authorization.slice('Bearer '.length)));
    if (backendKey === undefined) throw new Error('unknown backend key');
    const key = this.#keys.get(tokenDigest(backendKey.environmentId, token));
    if (key === undefined) throw new Error('unknown token');
    this.#answered += 1;
    return key.answer;
  }

  get requestId(): string {
    return `bench-${this.#answered.toString(36)}`;
  }
}

export const tokenIn = (body: string): string => (JSON.parse(body) as { readonly api_key_token: string }).api_key_token;

const bare =
  (memory: ValidateMemory): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = memory.answer(request.headers.authorization ?? '', tokenIn(Buffer.concat(chunks).toString()));
      response.writeHead(200, { 'Content-Type': JSON_TYPE, 'Content-Length': answer.length, 'X-Request-Id': memory.requestId });
      response.end(answer);
    });
  };

/** With the same way of reading and writing as the validate route: what is left to it is its own work. */
const tuned =
  (memory: ValidateMemory): RequestListener =>
  (request, response) => {
    const declared = Number(request.headers['content-length']);
    request.once('readable', () => {
      const body = request.read() as Buffer;
      if (body.length !== declared) throw new Error('a body in pieces');
      const answer = memory.answer(request.headers.authorization ?? '', tokenIn(body.toString()));
      response.writeHead(200, ['Content-Type', JSON_TYPE, 'Content-Length', String(answer.length), 'X-Request-Id', memory.requestId]);
      response.write(answer.toString('latin1'), 'latin1');
      response.socket?.uncork();
      response.end();
    });
  };

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

export const listenOnHttp = async (answer: RequestListener): Promise<number> => {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return portOf(server);
};

const listenWithFastify = async (memory: ValidateMemory, path: string): Promise<number> => {
  const app = fastify({ keepAliveTimeout: KEEP_ALIVE_MS });
  app.post<{ Body: { readonly api_key_token: string } }>(path, (request, reply) => {
    const answer = memory.answer(request.headers.authorization ?? '', request.body.api_key_token);
    void reply.header('content-type', JSON_TYPE).header('x-request-id', memory.requestId).send(answer);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return portOf(app.server);
};

export const validateServer = (wish: ValidateWish): Promise<number> => {
  const memory = new ValidateMemory(wish);
  if (wish.server === 'fastify') return listenWithFastify(memory, wish.path);
  return listenOnHttp((wish.server === 'bare' ? bare : tuned)(memory));
};
