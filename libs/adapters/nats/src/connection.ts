import { setTimeout as pause } from 'node:timers/promises';
import { connect, type ConnectionOptions, createInbox, type Msg, type NatsConnection, type Status, type Subscription } from '@nats-io/transport-node';
import { OwnInbox } from './own-inbox.js';

export interface NatsOptions {
  /** `nats://host:port`, without credentials. */
  readonly url: string;
  /** Also names the only subjects this process may be answered on: `_INBOX_<user>.>`. */
  readonly user: string;
  readonly password: string;
  /** The name of this process in the server's lists. */
  readonly name: string;
  /** For the log. Neither text nor fields hold a secret. Must not throw. */
  readonly onStatus?: (status: NatsStatus) => void;
  /** Ends the wait for a server that is not running yet. */
  readonly signal?: AbortSignal;
}

export interface NatsStatus {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

const RETRY_MS = 250;

const driverOptions = ({ url, user, password, name }: NatsOptions): ConnectionOptions => ({
  servers: url,
  user,
  pass: password,
  name,
  inboxPrefix: `_INBOX_${user}`,
  reconnect: true,
  maxReconnectAttempts: -1,
  reconnectTimeWait: RETRY_MS,
  reconnectJitter: RETRY_MS,
  // By default the client gives up forever after two refusals in a row, and a server that starts again may not know its users yet.
  ignoreAuthErrorAbort: true,
  // A silent peer is noticed after three of these; the defaults take six minutes.
  pingInterval: 2_000,
  maxPingOut: 2,
  timeout: 2_000,
  // An error with two stacks for each unanswered question would cost more than the question.
  noAsyncTraces: true,
});

/** For the log. */
export const errorText = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error');

/** Null if an operator need not read it. */
const statusLine = (status: Status): NatsStatus | null => {
  switch (status.type) {
    case 'disconnect':
      return { level: 'warn', text: 'The connection to NATS is lost; trying again until it is back.' };
    case 'reconnect':
      return { level: 'info', text: 'Connected to NATS again.' };
    case 'staleConnection':
      return { level: 'warn', text: 'NATS does not answer pings.' };
    case 'slowConsumer':
      return { level: 'warn', text: `Messages are waiting to be handled: ${status.pending}.` };
    case 'ldm':
      return { level: 'warn', text: 'The NATS server is about to stop.' };
    // A violation of permissions names its subject, which holds no secret.
    case 'error':
      return { level: 'error', text: `NATS refused: ${errorText(status.error)}` };
    case 'close':
      return { level: 'info', text: 'The connection to NATS is closed.' };
    default:
      return null;
  }
};

/** The process's one connection. Messages published without a connection are lost: check `connected` first. */
export class NatsLink {
  readonly connection: NatsConnection;
  /** Where replies to this process arrive. */
  readonly inbox: OwnInbox;
  readonly #onStatus: (status: NatsStatus) => void;
  #connected = true;

  constructor(connection: NatsConnection, inboxPrefix: string, onStatus: (status: NatsStatus) => void) {
    this.connection = connection;
    this.inbox = new OwnInbox(this, createInbox(inboxPrefix));
    this.#onStatus = onStatus;
    void this.#followStatus();
    void connection.closed().then(() => this.#ended());
  }

  /** False: a message would wait in memory and be thrown away at the next attempt to connect. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Bytes of the largest message that the server takes; larger ones throw when they are published. */
  get maxPayload(): number {
    return this.connection.info?.max_payload ?? 1_048_576;
  }

  /** Resolves when the connection will not come back: only after `drain`, or when the client gives up, and then the process must end. */
  get closed(): Promise<void> {
    return this.connection.closed().then(() => {});
  }

  /** An error of `onMessage` is a fault of ours and goes to the log: otherwise it would end the client's reading, and the process would receive nothing more. */
  subscribe(subject: string, queue: string | null, onMessage: (message: Msg) => void): Subscription {
    return this.connection.subscribe(subject, {
      ...(queue === null ? {} : { queue }),
      callback: (error, message) => {
        // A refused subscription: `status` says which.
        if (error !== null) return;
        try {
          onMessage(message);
        } catch (fault) {
          this.report(`A message on ${subject} was not handled: ${errorText(fault)}`);
        }
      },
    });
  }

  report(text: string): void {
    this.#onStatus({ level: 'error', text });
  }

  /** Delivers what has arrived, sends what was published, and closes; at the deadline it closes anyway. Never rejects. */
  async drain(deadlineMs: number): Promise<void> {
    const late = new AbortController();
    try {
      await Promise.race([this.connection.drain(), pause(deadlineMs, undefined, { signal: late.signal })]);
    } catch {
      // Lost meanwhile, or closed already: nothing can be drained.
    } finally {
      late.abort();
    }
    await this.connection.close();
  }

  async #followStatus(): Promise<void> {
    let said = '';
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') this.#connected = false;
      if (status.type === 'reconnect') this.#connected = true;
      const line = statusLine(status);
      // Repeated lines, as with a wrong password that is retried forever, would fill the log.
      if (line === null || line.text === said) continue;
      said = line.text;
      this.#onStatus(line);
    }
  }

  #ended(): void {
    this.#connected = false;
    this.inbox.close();
  }
}

/** Resolves when connected, however long the server takes to appear; rejects only when `signal` aborts. */
export const connectNats = async (options: NatsOptions): Promise<NatsLink> => {
  const { onStatus = () => {}, signal, user } = options;
  let said = '';
  for (;;) {
    signal?.throwIfAborted();
    try {
      // Not the driver's `waitOnFirstConnect`: it says nothing while it waits, not even that the password is wrong.
      const connection = await connect(driverOptions(options));
      return new NatsLink(connection, `_INBOX_${user}`, onStatus);
    } catch (error) {
      const text = `NATS cannot be reached yet: ${errorText(error)}`;
      if (text !== said) onStatus({ level: 'warn', text });
      said = text;
      await pause(RETRY_MS * (1 + Math.random()), undefined, signal === undefined ? {} : { signal });
    }
  }
};
