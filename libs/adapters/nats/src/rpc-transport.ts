import type { Answer } from '@app/messages';
import { bufferOf, NOT_JSON, readJson } from '@app/platform';
import { ClientProxy, type CustomTransportStrategy, type ReadPacket, Server, type WritePacket } from '@nestjs/microservices';
import type { Msg } from '@nats-io/transport-node';
import { firstValueFrom } from 'rxjs';
import { type AnsweredSubject, AnsweredSubjects } from './answered-subject.js';
import { errorText, type NatsLink } from './connection.js';
import { type InboxRoute, isNobodyThere } from './own-inbox.js';

/** A message larger than the server takes: nothing was sent. */
export class MessageTooLarge extends Error {
  constructor(subject: string, bytes: number, maxBytes: number) {
    super(`The message to ${subject} has ${bytes} bytes; NATS takes ${maxBytes}.`);
    this.name = 'MessageTooLarge';
  }
}

/** Undecided: the request may have been carried out, and only its reply could not be sent. */
const FAILED: Answer<never> = {
  ok: false,
  error: { code: 'UNAVAILABLE', fields: {}, message: 'The service could not answer.', subjectId: null, retryAfterMs: 1_000 },
};

const answerIn = (message: Msg): object | null => {
  const answer = readJson(bufferOf(message.data));
  return typeof answer === 'object' ? answer : null;
};

/** Throws for what is not JSON in UTF-8: then the answer is "undecided", as for any message that cannot be handled. */
const requestIn = (message: Msg): unknown => {
  const request = readJson(bufferOf(message.data));
  if (request === undefined || request === NOT_JSON) throw new TypeError('The message is not JSON in UTF-8.');
  return request;
};

/**
 * Request and reply between processes, for the same message handlers as in one process: the message is the request's JSON, the
 * answer the reply's. Not Nest's own NATS transport, see docs/adr/0019-nats.md.
 */
export class NatsRpcServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('nats');
  readonly #link: NatsLink;
  readonly #queue: string;
  readonly #drainMs: number;
  #answered: AnsweredSubjects | null = null;

  /** `queue`: the service, one of whose processes gets each message. `drainMs`: how long `close` waits for what is being handled. */
  constructor(link: NatsLink, queue: string, drainMs = 10_000) {
    super();
    this.#link = link;
    this.#queue = queue;
    this.#drainMs = drainMs;
  }

  listen(callback: (error?: unknown) => void): void {
    this.#answered = new AnsweredSubjects(
      this.#link,
      [...this.messageHandlers.keys()].map((subject) => this.#answeredSubject(subject)),
    );
    void this.#answered.listening().then(() => callback(), callback);
  }

  /** Accepts no new message and finishes the current ones first. The connection stays open: it belongs to the process. */
  async close(): Promise<void> {
    await this.#answered?.stop(this.#drainMs);
  }

  on(): void {}
  unwrap<T>(): T {
    throw new Error("The connection is the process's, not this transport's.");
  }

  #answeredSubject(subject: string): AnsweredSubject {
    const handler = this.messageHandlers.get(subject);
    if (handler === undefined) throw new Error(`Nothing handles ${subject}.`);
    return {
      subject,
      queue: this.#queue,
      answer: async (message) => JSON.stringify(await firstValueFrom(this.transformToObservable<unknown>(handler(requestIn(message))))),
      failure: () => JSON.stringify(FAILED),
    };
  }
}

/** Asks the service that handles a subject. Unsubscribing ends the wait, as a deadline does; nothing waits for a lost connection to come back. */
export class NatsRpcClient extends ClientProxy {
  readonly #link: NatsLink;
  constructor(link: NatsLink) {
    super();
    this.#link = link;
  }
  connect(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {}
  unwrap<T>(): T {
    throw new Error("The connection is the process's, not this transport's.");
  }

  protected publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const subject = String(packet.pattern);
    const fail = (err: Error): void => callback({ err, isDisposed: true });
    try {
      const route = this.#send(subject, JSON.stringify(packet.data), callback, fail);
      return () => route.close();
    } catch (error) {
      fail(error instanceof Error ? error : new Error(errorText(error)));
      return () => {};
    }
  }

  protected dispatchEvent<T>(): Promise<T> {
    return Promise.reject(new Error('Events do not travel over request and reply.'));
  }

  #send(subject: string, json: string, callback: (packet: WritePacket) => void, fail: (error: Error) => void): InboxRoute {
    const { connection, connected, inbox, maxPayload } = this.#link;
    if (!connected) throw new Error('NATS cannot be reached.');
    const bytes = Buffer.from(json);
    if (bytes.length > maxPayload) throw new MessageTooLarge(subject, bytes.length, maxPayload);
    const route = inbox.open(
      (message) => {
        route.close();
        if (isNobodyThere(message)) {
          fail(new Error(`No service answers ${subject}.`));
          return;
        }
        const response = answerIn(message);
        if (response === null) fail(new Error(`The reply from ${subject} is not a valid answer.`));
        else callback({ response, isDisposed: true });
      },
      () => fail(new Error('The connection to NATS was closed.')),
    );
    connection.publish(subject, bytes, { reply: route.subject });
    return route;
  }
}
