import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '@app/domain';
import { BurstLog, type RequestLine } from '@app/platform';
import { backendErrors } from './backend-errors.js';
import type { ErrorFace } from './error-face.js';
import { frontendErrors } from './frontend-errors.js';
import { organizationErrors } from './organization-errors.js';

/** By path, so that what has no route is answered as its neighbours are. */
export const errorFaceOf = (target: string): ErrorFace => {
  if (target.startsWith('/api/fe/')) return frontendErrors;
  return /^\/api\/v1\/(?:org|public)(?:[/?]|$)/.test(target) ? organizationErrors : backendErrors;
};

const statusOf = (error: unknown): unknown => {
  if (error instanceof HttpException) return error.getStatus();
  return error instanceof Error && 'statusCode' in error ? error.statusCode : null;
};
const clientStatusOf = (error: unknown): number | null => {
  const status = statusOf(error);
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
};

/** Every error answer of the HTTP edge. No framework default gets out: its JSON bodies would be "bad request" to half the clients. */
@Catch()
export class AnswerErrors implements ExceptionFilter {
  readonly #logger = new Logger('http');
  readonly #undecided = new BurstLog((line) => this.#logger.warn(line));

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    const status = clientStatusOf(error);
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const face = errorFaceOf(request.url);
    if (error instanceof Refusal && face.mayRefuse?.(request, error) !== false) this.#refuse(request, reply, error, face);
    else if (status !== null) face.framework(reply, status);
    else this.#fail(request, reply, error, face);
  }

  #refuse({ id: requestId }: FastifyRequest, reply: FastifyReply, refusal: Refusal, face: ErrorFace): void {
    if (refusal.code === 'UNAVAILABLE') this.#undecided.say({ requestId, text: refusal.message });
    face.refuse(reply, refusal);
  }

  #fail(request: FastifyRequest, reply: FastifyReply, error: unknown, face: ErrorFace): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // The route, not the path: somebody may have put a token there.
    const text = `${request.method} ${request.routeOptions.url ?? 'without a route'}: ${what}`;
    this.#logger.error({ requestId: request.id, text } satisfies RequestLine);
    face.fail(reply);
  }
}
