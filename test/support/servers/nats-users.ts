import { randomBytes } from 'node:crypto';
import { setImmediate as step } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connect, type NatsConnection, PermissionViolationError, type Subscription } from '@nats-io/transport-node';
import { connectNats, type NatsLink } from '@app/adapters/nats';
import { startNats, type StackServer } from '@tools/stack';

export const USERS = ['gateway', 'directory', 'keys', 'validation', 'operator', 'team'] as const;
export type User = (typeof USERS)[number];

const CONFIG = fileURLToPath(new URL('../../../deploy/nats/nats.conf', import.meta.url));

/** A server with the project's own configuration, and its users. */
export class NatsWithUsers {
  readonly server: StackServer;
  readonly #passwords: ReadonlyMap<User, string>;

  private constructor(server: StackServer, passwords: ReadonlyMap<User, string>) {
    this.server = server;
    this.#passwords = passwords;
  }

  static async start(): Promise<NatsWithUsers> {
    // A letter first: the server reads what begins with a digit as a number.
    const passwords = new Map(USERS.map((user) => [user, `p${randomBytes(16).toString('hex')}`]));
    const env = Object.fromEntries([...passwords].map(([user, password]) => [`NATS_${user.toUpperCase()}_PASSWORD`, password]));
    return new NatsWithUsers(await startNats({ configFile: CONFIG, env }), passwords);
  }

  link(user: User): Promise<NatsLink> {
    return connectNats({ url: this.server.url, user, password: this.#passwordOf(user), name: user });
  }

  /** The driver alone, for what no adapter would do. */
  async raw(user: User): Promise<RawUser> {
    return new RawUser(await connect({ servers: this.server.url, user, pass: this.#passwordOf(user), inboxPrefix: `_INBOX_${user}` }));
  }

  /** For a process that is given nothing else. */
  environmentOf(user: User): Readonly<Record<string, string>> {
    return { NATS_URL: this.server.url, NATS_USER: user, NATS_PASSWORD: this.#passwordOf(user) };
  }

  #passwordOf(user: User): string {
    return this.#passwords.get(user) ?? '';
  }
}

/** Does one thing, and says whether the server let it. */
export class RawUser {
  readonly connection: NatsConnection;
  #violations = 0;

  constructor(connection: NatsConnection) {
    this.connection = connection;
    void this.#follow();
  }

  publishes(subject: string): Promise<'allowed' | 'refused'> {
    return this.#outcome(() => this.connection.publish(subject, 'x'));
  }

  async subscribes(subject: string, queue?: string): Promise<'allowed' | 'refused'> {
    const subscriptions: Subscription[] = [];
    const outcome = await this.#outcome(() => {
      subscriptions.push(this.connection.subscribe(subject, { callback: () => {}, ...(queue === undefined ? {} : { queue }) }));
    });
    if (outcome === 'allowed') for (const subscription of subscriptions) subscription.unsubscribe();
    return outcome;
  }

  /** The server answers in order: a violation comes before the answer to the ping that `flush` sends. */
  async #outcome(act: () => void): Promise<'allowed' | 'refused'> {
    const before = this.#violations;
    act();
    await this.connection.flush();
    await step();
    return this.#violations > before ? 'refused' : 'allowed';
  }

  async #follow(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'error' && status.error instanceof PermissionViolationError) this.#violations += 1;
    }
  }
}
