import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnsweredCode } from '@app/http-api';
import type { FieldErrors } from '@app/domain';

const RETRY_AFTER_SECONDS = 1;

/** A refusal by a rule of the domain or by the HTTP edge itself. */
export interface Refused {
  readonly code: AnsweredCode;
  readonly fields: FieldErrors;
  readonly message: string;
  readonly subjectId: string | null;
}

/** How one of the APIs reports errors. */
export interface ErrorFormat {
  /** The refusal in this API's own names for fields and codes. */
  named?(request: FastifyRequest, refusal: Refused): Refused;
  /** Whether the call may report this refusal. False turns it into a fault of ours. Absent if every call may report everything. */
  canExpose?(request: FastifyRequest, refusal: Refused): boolean;
  refuse(reply: FastifyReply, refusal: Refused): void;
  /** Errors of Fastify and Nest, 400 to 499: no route, or a body that is too large or incomplete. */
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

/** The format of the API that the target of a request belongs to, so that a path without a route gets the same form of error as the others. */
export type ErrorFormatOf = (target: string) => ErrorFormat;
