import type { FastifyReply } from 'fastify';
import { Refusal } from '@app/domain';

/** For a caller who is over a limit; says when to come back, in the header and in the sentence. */
export const overLimit = (reply: FastifyReply, leftMs: number): Refusal => {
  const seconds = Math.max(1, Math.ceil(leftMs / 1_000));
  void reply.header('retry-after', String(seconds));
  return new Refusal('RATE_LIMITED', { message: `Rate limit exceeded. Try again in ${seconds} seconds.` });
};
