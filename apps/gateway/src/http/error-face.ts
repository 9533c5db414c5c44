import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '@app/domain';

export const FAULT = 'Something failed on our side. Please try again; if it stays so, tell your administrator the request id.';
export const TOO_LARGE = 'The body is too large; 64 KiB are taken.';
export const UNDECIDED = 'This cannot be decided right now. Please try again.';

const RETRY_AFTER_SECONDS = 1;

/** How one of the APIs says what went wrong. */
export interface ErrorFace {
  /** Where not every call may say everything: false makes the refusal a fault of ours. */
  mayRefuse?(request: FastifyRequest, refusal: Refusal): boolean;
  refuse(reply: FastifyReply, refusal: Refusal): void;
  /** Fastify's and Nest's own: no route, a body that is too large or does not arrive whole. 400 to 499. */
  framework(reply: FastifyReply, status: number): void;
  /** A fault of ours. */
  fail(reply: FastifyReply): void;
}

export const retryLater = (reply: FastifyReply): void => {
  if (!reply.hasHeader('retry-after')) void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
};

export const sendNothing = (reply: FastifyReply, status: number): void => {
  void reply.code(status).removeHeader('content-type').send();
};

export const sendJson = (reply: FastifyReply, status: number, body: object): void => {
  void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
};
