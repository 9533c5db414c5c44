import type { LoggerService } from '@nestjs/common';
import { type Logger as PinoLogger, pino } from 'pino';

/**
 * What is logged on behalf of a request names it. Passed along, not held in an AsyncLocalStorage: on Node 20 the first use of one
 * makes every later promise and socket dearer, which a validation from memory would pay for too.
 */
export interface RequestLine {
  readonly requestId: string;
  readonly text: string;
}

/** One JSON line per message on stderr; stdout belongs to what people read. */
export const createPino = (level: string): PinoLogger =>
  pino(
    { level, redact: ['req.headers.authorization', 'req.headers.cookie', 'req.headers["x-api-key"]'] },
    pino.destination({ dest: 2, sync: false }),
  );

const isRequestLine = (message: unknown): message is RequestLine =>
  typeof message === 'object' && message !== null && 'requestId' in message && 'text' in message;

/** Nest's own lines, and ours through Nest's `Logger`, in the same stream. */
export class NestPinoLogger implements LoggerService {
  readonly #pino: PinoLogger;
  constructor(logger: PinoLogger) {
    this.#pino = logger;
  }
  log(message: unknown, context?: string): void {
    this.#write('debug', message, context);
  }
  error(message: unknown, stackOrContext?: string, context?: string): void {
    this.#write('error', message, context ?? stackOrContext);
  }
  warn(message: unknown, context?: string): void {
    this.#write('warn', message, context);
  }
  debug(message: unknown, context?: string): void {
    this.#write('debug', message, context);
  }
  verbose(message: unknown, context?: string): void {
    this.#write('trace', message, context);
  }

  #write(level: 'error' | 'warn' | 'debug' | 'trace', message: unknown, context: string | undefined): void {
    if (isRequestLine(message)) this.#pino[level]({ context, requestId: message.requestId }, message.text);
    else this.#pino[level]({ context }, String(message));
  }
}
