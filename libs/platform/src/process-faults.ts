import type { PinoLogger } from './logging.js';

/**
 * For an uncaught error: a promise or a callback left the process in an unknown state, so it says why and ends.
 * Its supervisor restarts it; the log has every acknowledged change.
 */
export const endOnFaults = (logger: PinoLogger, on: NodeJS.EventEmitter = process, exit: (code: number) => void = (code) => process.exit(code)): void => {
  const end =
    (what: string) =>
    (error: unknown): void => {
      logger.fatal({ context: 'process', err: error instanceof Error ? error : new Error(String(error)) }, `${what}. The process ends.`);
      exit(1);
    };
  on.on('uncaughtException', end('An error was not caught'));
  on.on('unhandledRejection', end('A rejection was not handled'));
};
