import { setTimeout as pause } from 'node:timers/promises';
import type { Msg, Subscription } from '@nats-io/transport-node';
import { errorText, type NatsLink } from './connection.js';
import { isInbox } from './own-inbox.js';

export interface AnsweredSubject {
  readonly subject: string;
  /** One process of this group gets each question. */
  readonly queue: string;
  /** Null if nothing must be sent. If it throws, `failure` is sent. */
  answer(message: Msg): Promise<Uint8Array | string | null>;
  /** Replaces an answer that failed, or that is too large for the server. */
  failure(message: Msg): Uint8Array | string | null;
}

/** Questions that arrive on subjects, each answered once on its reply subject. */
export class AnsweredSubjects {
  readonly #link: NatsLink;
  readonly #subscriptions: readonly Subscription[];
  readonly #running = new Set<Promise<void>>();

  constructor(link: NatsLink, subjects: readonly AnsweredSubject[]) {
    this.#link = link;
    this.#subscriptions = subjects.map((subject) => link.subscribe(subject.subject, subject.queue, (message) => this.#take(subject, message)));
  }

  /** Resolves when the server knows the subscriptions; at once while it cannot be reached, because they are made again with the connection. */
  async listening(): Promise<void> {
    await this.#link.connection.flush().catch(() => {});
  }

  /** Accepts nothing new, and resolves when everything that has arrived is answered, or at the deadline. Never rejects. */
  async stop(deadlineMs: number): Promise<void> {
    const late = new AbortController();
    await Promise.race([this.#finish(), pause(deadlineMs, undefined, { signal: late.signal })]);
    late.abort();
  }

  async #finish(): Promise<void> {
    await Promise.allSettled(this.#subscriptions.map((subscription) => subscription.drain()));
    await Promise.all(this.#running);
    await this.listening();
  }

  #take(subject: AnsweredSubject, message: Msg): void {
    // A message without a reply subject asks for nothing that this side has.
    if (!isInbox(message.reply)) return;
    const running = this.#answer(subject, message).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #answer(subject: AnsweredSubject, message: Msg): Promise<void> {
    try {
      const answer = await subject.answer(message).catch(() => subject.failure(message));
      if (answer === null) return;
      const bytes = Buffer.byteLength(answer);
      const isTooLarge = bytes > this.#link.maxPayload;
      if (isTooLarge) this.#link.report(`An answer on ${subject.subject} has ${bytes} bytes; NATS takes ${this.#link.maxPayload}.`);
      const sent = isTooLarge ? subject.failure(message) : answer;
      if (sent !== null) message.respond(sent);
    } catch (error) {
      // Closed meanwhile: the caller gets no reply.
      if (!this.#link.connection.isClosed()) this.#link.report(`No answer was sent on ${subject.subject}: ${errorText(error)}`);
    }
  }
}
