import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_ANSWERS, wireFieldErrors } from '@app/contracts';
import { Refusal } from '@app/domain';
import { BurstLog, type RequestLine } from '@app/platform';

const RETRY_AFTER_SECONDS = 1;
const FAULT = 'Something failed on our side. Please try again; if it stays so, tell your administrator the request id.';
const TOO_LARGE = 'The body is too large; 64 KiB are taken.';
const UNDECIDED = 'This cannot be decided right now. Please try again.';

const sendText = (reply: FastifyReply, status: number, sentence: string): void => {
  void reply.code(status).type('text/plain; charset=utf-8').send(sentence);
};
const sendFields = (reply: FastifyReply, fields: Readonly<Record<string, readonly string[]>>): void => {
  void reply.code(400).type('application/json; charset=utf-8').send(JSON.stringify(fields));
};
const sendNothing = (reply: FastifyReply, status: number): void => {
  void reply.code(status).removeHeader('content-type').send();
};

const retryLater = (reply: FastifyReply): void => {
  if (!reply.hasHeader('retry-after')) void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
};

const fieldsOf = (refusal: Refusal): Readonly<Record<string, readonly string[]>> => {
  if (Object.keys(refusal.fields).length > 0) return wireFieldErrors(refusal.fields);
  const field = refusal.code === 'IDEMPOTENCY_KEY_REUSED' ? 'idempotency_key' : 'body';
  return { [field]: [refusal.code === 'IDEMPOTENCY_KEY_REUSED' ? 'was used with another body before; use a new one.' : refusal.message] };
};

const sendRefusal = (reply: FastifyReply, refusal: Refusal): void => {
  const { status, body } = ERROR_ANSWERS[refusal.code];
  switch (body) {
    case 'fields':
      return sendFields(reply, fieldsOf(refusal));
    case 'empty':
      return sendNothing(reply, status);
    case 'text':
      retryLater(reply);
      // What could not be reached is for the log, not for the caller.
      return sendText(reply, status, refusal.code === 'UNAVAILABLE' ? UNDECIDED : refusal.message);
    case 'shown-once': {
      const error = 'This key was made by an earlier request with the same Idempotency-Key; its token is shown only once.';
      void reply.code(status).send({ api_key_id: refusal.subjectId, error });
    }
  }
};

// Fastify's and Nest's own: no route, a body that is too large or does not arrive whole.
const sendFrameworkError = (reply: FastifyReply, status: number): void => {
  if (status === 413) return sendText(reply, 413, TOO_LARGE);
  if (status === 400) return sendFields(reply, { body: ['The body did not arrive as announced.'] });
  return sendNothing(reply, status);
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
    if (error instanceof Refusal) this.#refuse(host.switchToHttp().getRequest<FastifyRequest>(), reply, error);
    else if (status !== null) sendFrameworkError(reply, status);
    else this.#fail(host.switchToHttp().getRequest<FastifyRequest>(), reply, error);
  }

  #refuse({ id: requestId }: FastifyRequest, reply: FastifyReply, refusal: Refusal): void {
    if (refusal.code === 'UNAVAILABLE') this.#undecided.say({ requestId, text: refusal.message });
    sendRefusal(reply, refusal);
  }

  #fail(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // The route, not the path: somebody may have put a token there.
    const text = `${request.method} ${request.routeOptions.url ?? 'without a route'}: ${what}`;
    this.#logger.error({ requestId: request.id, text } satisfies RequestLine);
    sendText(reply, 500, FAULT);
  }
}
