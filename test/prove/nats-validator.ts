import { connect, createInbox, headers, type NatsConnection } from '@nats-io/transport-node';
import type { Stack } from '@tools/stack';
import type { Span } from '@test/support/races/history.js';

export interface Heard extends Span {
  readonly status: number;
  readonly text: string;
}

const ANSWER_MS = 4_000;

/** Another team's service, which validates by messages. It reaches NATS straight: its line is not part of what is tested. */
export class NatsValidator {
  readonly #connection: NatsConnection;
  readonly #backendKey: string;

  private constructor(connection: NatsConnection, backendKey: string) {
    this.#connection = connection;
    this.#backendKey = backendKey;
  }

  static async connected({ servers, files }: Stack, backendKey: string): Promise<NatsValidator> {
    const connection = await connect({
      servers: servers.nats.url,
      user: 'team',
      pass: files.natsPassword('team'),
      inboxPrefix: '_INBOX_team',
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      ignoreAuthErrorAbort: true,
      pingInterval: 2_000,
    });
    return new NatsValidator(connection, backendKey);
  }

  /** Status 0 if no answer came. Not the driver's `request`, whose error for "no responders" makes a stack of its own each time. */
  async validate(token: string): Promise<Heard> {
    const given = headers();
    given.set('Authorization', `Bearer ${this.#backendKey}`);
    const invokedAt = performance.now();
    const heard = (status: number, text: string): Heard => ({ status, text, invokedAt, completedAt: performance.now() });
    try {
      const answer = await this.#connection.request('keyfence.validate', JSON.stringify({ api_key_token: token }), {
        timeout: ANSWER_MS,
        headers: given,
        noMux: true,
        reply: createInbox('_INBOX_team'),
      });
      return heard(Number(answer.headers?.get('Status-Code') ?? 0), answer.string());
    } catch (error) {
      return heard(0, error instanceof Error ? error.message : 'failed');
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}
