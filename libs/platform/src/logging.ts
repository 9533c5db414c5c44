import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino';

export type { PinoLogger };

/**
 * A line logged for a request names the request. Passed along, not held in an AsyncLocalStorage: on Node 20 the first use of one
 * makes every later promise and socket more expensive, for validations from memory too.
 */
export interface RequestLine {
  readonly requestId: string;
  readonly text: string;
}

/** Longer than any id of ours: tokens, backend keys, digests, hashes. None of them helps the reader of a log. */
const LONG_HEX = /[0-9a-f]{56,}/gi;
const BEARER = /\b(bearer\s+)[^\s"'\\,]+/gi;
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/**
 * A second safeguard: the rule is that no code passes a secret to the log. It catches what an error of library
 * code may quote. An imported token may be any text, so this cannot catch it.
 */
export const withoutSecrets = (line: string): string => line.replace(BEARER, '$1[redacted]').replace(JWT, '[redacted]').replace(LONG_HEX, '[redacted]');

/** One JSON line per message on stderr; stdout belongs to what people read. Each has `level`, `time`, `context` and `msg`. */
export const createPino = (level: string, destination: DestinationStream = pino.destination({ dest: 2, sync: false })): PinoLogger =>
  pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['req.headers.authorization', 'req.headers.cookie', 'req.headers["x-api-key"]'],
      hooks: { streamWrite: withoutSecrets },
    },
    destination,
  );

const isRequestLine = (message: unknown): message is RequestLine =>
  typeof message === 'object' && message !== null && 'requestId' in message && 'text' in message;

type Level = 'fatal' | 'error' | 'warn' | 'debug' | 'trace';

/** Nest's own lines, and ours through Nest's `Logger`, in one stream. */
export class NestPinoLogger implements LoggerService {
  readonly #pino: PinoLogger;
  constructor(logger: PinoLogger) {
    this.#pino = logger;
  }
  log(message: unknown, ...more: readonly unknown[]): void {
    this.#write('debug', message, more);
  }
  fatal(message: unknown, ...more: readonly unknown[]): void {
    this.#write('fatal', message, more);
  }
  error(message: unknown, ...more: readonly unknown[]): void {
    this.#write('error', message, more);
  }
  warn(message: unknown, ...more: readonly unknown[]): void {
    this.#write('warn', message, more);
  }
  debug(message: unknown, ...more: readonly unknown[]): void {
    this.#write('debug', message, more);
  }
  verbose(message: unknown, ...more: readonly unknown[]): void {
    this.#write('trace', message, more);
  }

  /** `more`: what Nest adds; the last is the context, and there may be a stack before it. */
  #write(level: Level, message: unknown, more: readonly unknown[]): void {
    const said = more.filter((part) => typeof part === 'string');
    const context = said.at(-1) ?? 'nest';
    const stack = said.length > 1 ? { stack: said[0] } : {};
    if (isRequestLine(message)) this.#pino[level]({ context, requestId: message.requestId, ...stack }, message.text);
    else if (message instanceof Error) this.#pino[level]({ context, err: message }, message.message);
    else this.#pino[level]({ context, ...stack }, String(message));
  }
}

const BURST_MS = 1_000;

/** The first line of a burst, and then one a second at most that says how many were left out: an outage must not fill the disk. */
export class BurstLog {
  readonly #write: (line: RequestLine) => void;
  readonly #nowMs: () => number;
  #quietUntilMs = Number.NEGATIVE_INFINITY;
  #leftOut = 0;

  constructor(write: (line: RequestLine) => void, nowMs: () => number = () => performance.now()) {
    this.#write = write;
    this.#nowMs = nowMs;
  }

  say({ requestId, text }: RequestLine): void {
    const nowMs = this.#nowMs();
    if (nowMs < this.#quietUntilMs) {
      this.#leftOut += 1;
      return;
    }
    this.#write({ requestId, text: this.#leftOut === 0 ? text : `${text} (${this.#leftOut} such lines before it were left out)` });
    this.#quietUntilMs = nowMs + BURST_MS;
    this.#leftOut = 0;
  }
}
