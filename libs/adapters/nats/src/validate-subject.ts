import type { ValidateMessage, ValidateReply } from '@app/messages';
import { headers } from '@nats-io/transport-node';
import type { Msg } from '@nats-io/transport-node';
import type { NatsLink } from './connection.js';
import { isInbox } from './own-inbox.js';

const SUBJECT = 'keyfence.validate';
const QUEUE = 'validation';
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

const messageOf = ({ headers: given, data }: Msg): ValidateMessage => {
  const authorization = given?.get('Authorization') ?? '';
  const requestId = given?.get('X-Request-Id') ?? '';
  return {
    authorization: authorization === '' ? undefined : authorization,
    requestId: REQUEST_ID.test(requestId) ? requestId : null,
    body: Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  };
};

const respond = (message: Msg, { status, requestId, retryAfter, body }: ValidateReply): void => {
  const answered = headers();
  answered.set('Status-Code', String(status));
  answered.set('X-Request-Id', requestId);
  if (retryAfter !== null) answered.set('Retry-After', retryAfter);
  message.respond(body, { headers: answered });
};

/** Validations as messages. One process of the group gets each. */
export class ValidateSubject {
  readonly #link: NatsLink;
  readonly #subscription;
  readonly #running = new Set<Promise<void>>();

  constructor(link: NatsLink, answer: (message: ValidateMessage) => ValidateReply | Promise<ValidateReply>) {
    this.#link = link;
    this.#subscription = link.subscribe(SUBJECT, QUEUE, (message) => {
      if (!isInbox(message.reply)) return;
      const reply = answer(messageOf(message));
      if (!(reply instanceof Promise)) return respond(message, reply);
      const running = reply.then((late) => this.#respondLate(message, late)).finally(() => this.#running.delete(running));
      this.#running.add(running);
    });
  }

  /** Takes nothing new, and resolves when all that has arrived is answered. Each answer has a deadline of its own. */
  async stop(): Promise<void> {
    await this.#subscription.drain().catch(() => {});
    await Promise.all(this.#running);
  }

  /** Closed meanwhile: the caller gets no reply. */
  #respondLate(message: Msg, reply: ValidateReply): void {
    if (!this.#link.connection.isClosed()) respond(message, reply);
  }
}
