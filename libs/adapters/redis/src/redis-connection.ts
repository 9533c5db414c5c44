import { CircuitState, circuitBreaker, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import { Redis, ReplyError } from 'ioredis';

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with name, password and database where there are any. */
  readonly url: string;
  /** For the log, once for each outage of the server; never with what the URL holds. */
  readonly onError?: (error: unknown) => void;
  /** Default 50: no validation waits longer for an optional value. */
  readonly commandTimeoutMs?: number;
}

const COMMAND_TIMEOUT_MS = 50;
const CONNECT_TIMEOUT_MS = 1_000;
/** A connection whose other end vanished silently is dropped after this time; commands have continued without it long before. */
const SILENT_SOCKET_MS = 2_000;
const MAX_PAUSE_MS = 1_000;
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 1_000;

/** A server that refuses is not down. */
const isAway = (error: unknown): boolean => !(error instanceof ReplyError);

class RedisAway extends Error {
  override readonly name = 'RedisAway';
}

/**
 * One connection for all that a process keeps in Redis. While the server is down a command fails at once, and one
 * that is not answered fails after 50 ms. It reconnects forever.
 */
export class RedisConnection {
  readonly #redis: Redis;
  readonly #onError: (error: unknown) => void;
  readonly #commandTimeoutMs: number;
  readonly #breaker = circuitBreaker(handleWhen(isAway), { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) });
  #saidAway = false;
  #closed = false;

  constructor({ url, onError = () => {}, commandTimeoutMs = COMMAND_TIMEOUT_MS }: RedisConnectionOptions) {
    this.#onError = onError;
    this.#commandTimeoutMs = commandTimeoutMs;
    this.#redis = new Redis(urlOf(url), {
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 1,
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENT_SOCKET_MS,
      noDelay: true,
      retryStrategy: (times) => Math.min(50 * times, MAX_PAUSE_MS),
      // A replica that was the primary takes no counts: the name may lead to the new one.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    this.#redis.on('error', (error) => this.#say(error));
    this.#redis.on('close', () => this.#say(new RedisAway('The connection to Redis has ended.')));
    this.#redis.on('ready', () => void (this.#saidAway = false));
    this.#breaker.onBreak((reason) => this.#say('error' in reason ? reason.error : new RedisAway('Redis cannot be reached.')));
    this.#breaker.onReset(() => void (this.#saidAway = false));
  }

  /** False if the server has been silent and `run` would fail at once, or while the one command that tests the server is pending. */
  get isThere(): boolean {
    return this.#redis.status === 'ready' && this.#breaker.state === CircuitState.Closed;
  }

  /** Rejects within 50 ms when a command gets no answer, and at once after others before it got none. */
  async run<Answer>(command: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    if (this.#redis.status !== 'ready') throw new RedisAway('There is no connection to Redis.');
    // One command tests whether the server is back; the others would wait for it, and then as long again for their own reply.
    if (this.#breaker.state === CircuitState.HalfOpen) throw new RedisAway('Redis did not answer; trying again.');
    return await this.#breaker.execute(() => this.#inTime(command(this.#redis)));
  }

  /**
   * Not the library's own timeout: timers go before sockets, so after a step of this process that took 50 ms it would take answers that
   * lie in the socket for silence. A burst of calls is such a step, and limits would be counted alone just then.
   */
  #inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const silent = (): void => reject(new RedisAway('Redis did not answer in time.'));
      const timer = setTimeout(() => setImmediate(silent), this.#commandTimeoutMs);
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  /** Pending commands fail. */
  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
  }

  /** For commands made of scripts. */
  define(name: string, script: { readonly lua: string; readonly numberOfKeys: number }): void {
    this.#redis.defineCommand(name, script);
  }

  #say(error: unknown): void {
    if (this.#saidAway || this.#closed) return;
    this.#saidAway = true;
    this.#onError(error);
  }
}

/** Returns at once: the connection is made, and made again, in the background. Throws for a text that is not a URL. */
export const connectRedis = (options: RedisConnectionOptions): RedisConnection => new RedisConnection(options);

/** The library reads any text that it does not understand as the path of a socket. */
const urlOf = (url: string): string => {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'redis:' && protocol !== 'rediss:') throw new Error('The address of Redis must begin with redis:// or rediss://.');
  return url;
};
