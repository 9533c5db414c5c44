import type { FastifyReply } from 'fastify';
import { Refusal } from '@app/domain';

/** For people, who are told minutes where it is long. */
const inWords = (seconds: number): string => {
  if (seconds > 60) return `${Math.ceil(seconds / 60)} minutes`;
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
};

/** For a caller who is over a limit; says when to come back, in the header and in the sentence. `reason`: a sentence for people. */
export const overLimit = (reply: FastifyReply, leftMs: number, reason?: string): Refusal => {
  const seconds = Math.max(1, Math.ceil(leftMs / 1_000));
  void reply.header('retry-after', String(seconds));
  const message = reason === undefined ? `Rate limit exceeded. Try again in ${seconds} seconds.` : `${reason} Try again in ${inWords(seconds)}.`;
  return new Refusal('RATE_LIMITED', { message });
};
