// The least over NATS: the work of a validation as messages, and a question with an answer and no work at all.
import { connect, headers } from '@nats-io/transport-node';
import type { NatsWish, RoundTripsWish } from './baseline-protocol.js';
import { tokenIn, ValidateMemory } from './bare-validate.js';
import type { Work } from './work.js';

export const validateOverNats = async ({ link, subject, queue, ...contents }: NatsWish): Promise<void> => {
  const memory = new ValidateMemory(contents);
  const connection = await connect(link);
  connection.subscribe(subject, {
    queue,
    callback: (error, message) => {
      if (error !== null) throw error;
      const answer = memory.answer(message.headers?.get('Authorization') ?? '', tokenIn(message.string()));
      const answered = headers();
      answered.set('Status-Code', '200');
      answered.set('X-Request-Id', memory.requestId);
      message.respond(answer, { headers: answered });
    },
  });
  // Until the server has heard of the subscription, a question would get no answer.
  await connection.flush();
};

/** Of the services: one user may answer it, and one may ask it. No service listens there. */
const SUBJECT = 'directory.bench';
const QUEUE = 'directory';
const BYTES = 300;
const ANSWER_DEADLINE_MS = 5_000;

export const roundTrips = async ({ answering, asking }: RoundTripsWish): Promise<Work> => {
  const [answerer, asker] = await Promise.all([connect(answering), connect(asking)]);
  const body = 'x'.repeat(BYTES);
  answerer.subscribe(SUBJECT, { queue: QUEUE, callback: (_, message) => void message.respond(body) });
  await answerer.flush();
  return { actFor: () => () => asker.request(SUBJECT, body, { timeout: ANSWER_DEADLINE_MS }) };
};
