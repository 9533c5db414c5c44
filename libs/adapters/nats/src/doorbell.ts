import { createInbox, headers } from '@nats-io/transport-node';
import type { NatsLink } from './connection.js';

const SUBJECT = 'log.doorbell';
const RUNG_BY = 'rung-by';

/** "There is something new in the log", to every process. It only sets a flag: a process that receives it reads the log, and a poll makes up for a lost one. */
export class NatsDoorbell {
  readonly #link: NatsLink;
  readonly #self = createInbox();
  readonly #headers = headers();
  #ringing = false;

  constructor(link: NatsLink) {
    this.#link = link;
    this.#headers.set(RUNG_BY, this.#self);
  }

  /** Once for all calls of one step. */
  ring(): void {
    if (this.#ringing || !this.#link.connected) return;
    this.#ringing = true;
    queueMicrotask(() => {
      this.#ringing = false;
      if (!this.#link.connection.isClosed() && !this.#link.connection.isDraining())
        this.#link.connection.publish(SUBJECT, undefined, { headers: this.#headers });
    });
  }

  /** Not for this process's own rings: it has read what it wrote. Returns a function that stops listening. */
  onRing(heard: () => void): () => void {
    const subscription = this.#link.subscribe(SUBJECT, null, (message) => {
      if (message.headers?.get(RUNG_BY) !== this.#self) heard();
    });
    return () => subscription.unsubscribe();
  }
}
