import type { Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import fastifyCookie from '@fastify/cookie';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { givenRequestId, type Metrics } from '@app/platform';
import { backendErrors } from './backend-api/error-format.js';
import { registerCors } from './entry/cors.js';
import { HostEnvironments } from './entry/host-environments.js';
import { PlatformLimit } from './entry/limit.js';
import { frontendErrors } from './frontend-api/error-format.js';
import { AnswerErrors } from './http/answer-errors.js';
import { countRequests } from './http/count-requests.js';
import type { ErrorFormat } from './http/error-format.js';
import { readLimitedBody } from './http/json-body.js';
import { organizationErrors } from './organization-api/error-format.js';

const MAX_REQUEST_MS = 30_000;
const KEEP_ALIVE_MS = 60_000;

/** Where the calls of an API with a format of its own lie. All else is answered in the backend API's. */
const ERROR_FORMATS: readonly { readonly paths: RegExp; readonly errors: ErrorFormat }[] = [
  { paths: /^\/api\/fe\//, errors: frontendErrors },
  { paths: /^\/api\/v1\/(?:org|public)(?:[/?]|$)/, errors: organizationErrors },
];

export const errorFormatOf = (target: string): ErrorFormat => ERROR_FORMATS.find(({ paths }) => paths.test(target))?.errors ?? backendErrors;

/** The caller's own id where it is a sane one, else a new one. */
const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => givenRequestId(request) ?? randomBytes(16).toString('hex');

/** `+` is a space, nothing in a query can fail to parse, and a field given twice counts as given last. */
const parseQuery = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

// The router gives up before any hook runs: a path that cannot be decoded names nothing, so it is a 404 like the others.
const answerUnroutable = (_error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
  void reply.header('x-request-id', request.id);
  errorFormatOf(request.url).framework(reply, 404);
};

const STATUS_OF_SOCKET_ERROR: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

// Not HTTP at all. Fastify would answer JSON.
const answerBrokenHttp = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const status = STATUS_OF_SOCKET_ERROR[error.code ?? ''] ?? 400;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
};

/**
 * What the Fastify adapter must be made with. The rest is in `configureGatewayHttp`; both are needed.
 * Paths are case-sensitive and never normalized; only a slash at the end makes no difference (a redirected POST becomes a GET).
 */
export const gatewayFastifyOptions = () => ({
  requestTimeout: MAX_REQUEST_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  // Its 503 is a JSON object, which half the clients read as a bad request; the stop of the process closes the intake first.
  return503OnClosing: false,
  requestIdHeader: false as const,
  genReqId: requestIdOf,
  frameworkErrors: answerUnroutable,
  clientErrorHandler: answerBrokenHttp,
  routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200, querystringParser: parseQuery },
});

/** Body parsers, request ids, cookies, CORS and error answers. To be called once, before `init` or `listen`. */
export const configureGatewayHttp = async (app: NestFastifyApplication, metrics?: Metrics): Promise<void> => {
  const adapter = app.getHttpAdapter();
  const fastify = adapter.getInstance();
  // Marks Nest's own parsers as registered, so that it does not add them at `init`; then none of them is left.
  adapter.registerParserMiddleware();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, payload, done) => readLimitedBody(payload, done));
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('cache-control', 'no-store');
    // Fastify returns 415 for a content type that it cannot read; the API accepts any and none.
    delete request.raw.headers['content-type'];
    done();
  });
  if (metrics !== undefined) countRequests(fastify, metrics);
  await fastify.register(fastifyCookie);
  await registerCors(fastify, app.get(HostEnvironments), app.get(PlatformLimit));
  app.useGlobalFilters(new AnswerErrors(errorFormatOf));
};
