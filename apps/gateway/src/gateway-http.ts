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

/** The paths of the APIs that have their own error format. All other paths use that of the backend API. */
const ERROR_FORMATS: readonly { readonly paths: RegExp; readonly errors: ErrorFormat }[] = [
  { paths: /^\/api\/fe\//, errors: frontendErrors },
  { paths: /^\/api\/v1\/(?:org|public)(?:[/?]|$)/, errors: organizationErrors },
];

export const errorFormatOf = (target: string): ErrorFormat => ERROR_FORMATS.find(({ paths }) => paths.test(target))?.errors ?? backendErrors;

/** The caller's own id if it is well-formed, otherwise a new one. */
const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string => givenRequestId(request) ?? randomBytes(16).toString('hex');

/** `+` is a space, parsing never fails, and the last value of a repeated field counts. */
const parseQuery = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

// The router gives up before any hook runs. A path that cannot be decoded is a 404 like any other unknown path.
const answerUnroutable = (_error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
  void reply.header('x-request-id', request.id);
  errorFormatOf(request.url).framework(reply, 404);
};

const STATUS_OF_SOCKET_ERROR: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

// Malformed HTTP. Fastify would send JSON.
const answerBrokenHttp = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const status = STATUS_OF_SOCKET_ERROR[error.code ?? ''] ?? 400;
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
};

/**
 * The options for the Fastify adapter. `configureGatewayHttp` does the rest; both are needed.
 * Paths are case-sensitive and never normalized. Only a slash at the end is ignored (not redirected: a redirected POST becomes a GET).
 */
export const gatewayFastifyOptions = () => ({
  requestTimeout: MAX_REQUEST_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  // Its 503 is a JSON object, which half the clients read as a bad request. The code that stops the process closes the intake first.
  return503OnClosing: false,
  requestIdHeader: false as const,
  genReqId: requestIdOf,
  frameworkErrors: answerUnroutable,
  clientErrorHandler: answerBrokenHttp,
  routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200, querystringParser: parseQuery },
});

/** Sets up body parsers, request ids, cookies, CORS and error responses. Call it once, before `init` or `listen`. */
export const configureGatewayHttp = async (app: NestFastifyApplication, metrics?: Metrics): Promise<void> => {
  const adapter = app.getHttpAdapter();
  const fastify = adapter.getInstance();
  // Marks Nest's own parsers as registered, so that it does not add them at `init`. Then all of them are removed.
  adapter.registerParserMiddleware();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, payload, done) => readLimitedBody(payload, done));
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id).header('cache-control', 'no-store');
    // Fastify refuses an unknown content type with 415. The API accepts any content type, or none.
    delete request.raw.headers['content-type'];
    done();
  });
  if (metrics !== undefined) countRequests(fastify, metrics);
  await fastify.register(fastifyCookie);
  await registerCors(fastify, app.get(HostEnvironments), app.get(PlatformLimit));
  app.useGlobalFilters(new AnswerErrors(errorFormatOf));
};
