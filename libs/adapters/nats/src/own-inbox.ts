import type { Msg } from '@nats-io/transport-node';

/** What the inbox needs of the connection. */
interface Listening {
  subscribe(subject: string, queue: null, onMessage: (message: Msg) => void): unknown;
}

export interface InboxRoute {
  /** Reply subject: what arrives there goes to this route until it is closed. */
  readonly subject: string;
  close(): void;
}

interface RouteEnds {
  readonly onMessage: (message: Msg) => void;
  readonly onClosed: () => void;
}

/**
 * The caller names the subject of the reply, and this process's user may publish there once: only inboxes get replies, or another client
 * could make this process call JetStream's interface.
 */
export const isInbox = (reply: string | undefined): boolean => /^_INBOX(?:_[a-z0-9-]+)?\./.test(reply ?? '');

/** The server says that a question reached no subscriber. */
export const isNobodyThere = (message: Msg): boolean => message.data.length === 0 && message.headers?.code === 503;

/**
 * All answers to this process arrive on one subscription and are routed by the last word of their subject. The driver's own
 * `request` accepts the first message as the reply; here a route stays open, so that a false answer cannot displace the right one.
 */
export class OwnInbox {
  readonly #link: Listening;
  readonly #base: string;
  readonly #routes = new Map<string, RouteEnds>();
  #listening = false;
  #routesEver = 0;
  #closed = false;

  constructor(link: Listening, base: string) {
    this.#link = link;
    this.#base = base;
  }

  get openRoutes(): number {
    return this.#routes.size;
  }

  /** `onClosed`: nothing can arrive any more, because the connection was closed. */
  open(onMessage: (message: Msg) => void, onClosed: () => void = () => {}): InboxRoute {
    if (this.#closed) throw new Error('The connection to NATS is closed.');
    if (!this.#listening) this.#listen();
    this.#routesEver += 1;
    const token = this.#routesEver.toString(36);
    this.#routes.set(token, { onMessage, onClosed });
    return { subject: `${this.#base}.${token}`, close: () => void this.#routes.delete(token) };
  }

  close(): void {
    this.#closed = true;
    const routes = [...this.#routes.values()];
    this.#routes.clear();
    for (const { onClosed } of routes) onClosed();
  }

  /** With the first route, and for the connection's life: the driver subscribes it again after every loss. */
  #listen(): void {
    this.#listening = true;
    this.#link.subscribe(`${this.#base}.*`, null, (message) => {
      this.#routes.get(message.subject.slice(this.#base.length + 1))?.onMessage(message);
    });
  }
}
