import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiRefusal } from '@app/http-api';
import { Refusal } from '@app/domain';
import { BurstLog, type RequestLine } from '@app/platform';
import type { ErrorFormat, ErrorFormatOf, Refused } from './error-format.js';

const statusOf = (error: unknown): unknown => {
  if (error instanceof HttpException) return error.getStatus();
  return error instanceof Error && 'statusCode' in error ? error.statusCode : null;
};
const clientStatusOf = (error: unknown): number | null => {
  const status = statusOf(error);
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
};

/** Sends every error response of the HTTP edge. No framework default gets out: half the clients would read its JSON body as a bad request. */
@Catch()
export class AnswerErrors implements ExceptionFilter {
  readonly #logger = new Logger('http');
  readonly #undecided = new BurstLog((line) => this.#logger.warn(line));
  readonly #formatOf: ErrorFormatOf;

  constructor(formatOf: ErrorFormatOf) {
    this.#formatOf = formatOf;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    const status = clientStatusOf(error);
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const format = this.#formatOf(request.url);
    const refused = error instanceof Refusal || error instanceof ApiRefusal ? (format.named?.(request, error) ?? error) : null;
    if (refused !== null && format.canExpose?.(request, refused) !== false) this.#refuse(request, reply, refused, format);
    else if (status !== null) format.framework(reply, status);
    else this.#fail(request, reply, error, format);
  }

  #refuse({ id: requestId }: FastifyRequest, reply: FastifyReply, refusal: Refused, format: ErrorFormat): void {
    if (refusal.code === 'UNAVAILABLE') this.#undecided.say({ requestId, text: refusal.message });
    format.refuse(reply, refusal);
  }

  #fail(request: FastifyRequest, reply: FastifyReply, error: unknown, format: ErrorFormat): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // The route, not the path: a client may have put a token in the path.
    const text = `${request.method} ${request.routeOptions.url ?? 'without a route'}: ${what}`;
    this.#logger.error({ requestId: request.id, text } satisfies RequestLine);
    format.fail(reply);
  }
}
