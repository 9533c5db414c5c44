import type { LoggerService } from '@nestjs/common';
import { type Logger as PinoLogger, pino } from 'pino';
import { currentRequestId } from './request-context.js';

/** One JSON line per message on stderr, with the request id; stdout belongs to what people read. */
export const createPino = (level: string): PinoLogger =>
  pino(
    { level, mixin: () => ({ requestId: currentRequestId() }), redact: ['req.headers.authorization', 'req.headers.cookie', 'req.headers["x-api-key"]'] },
    pino.destination({ dest: 2, sync: false }),
  );

/** Nest's own lines in the same stream. */
export class NestPinoLogger implements LoggerService {
  readonly #pino: PinoLogger;
  constructor(logger: PinoLogger) {
    this.#pino = logger;
  }
  log(message: unknown, context?: string): void {
    this.#pino.debug({ context }, String(message));
  }
  error(message: unknown, stackOrContext?: string, context?: string): void {
    this.#pino.error({ context: context ?? stackOrContext }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.#pino.warn({ context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.#pino.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.#pino.trace({ context }, String(message));
  }
}
