import type { Command } from 'commander';
import type { EventLog } from '@app/ports';
import { DataFiles } from './data-files.js';
import { openServices } from './open-services.js';
import { type Operator, OperatorMistake, sentenceOf } from './operator.js';
import { Output } from './output.js';

export interface CommonOptions {
  readonly json?: boolean;
}
export interface EnvironmentOptions extends CommonOptions {
  readonly environment: string;
}
export interface PagingOptions extends EnvironmentOptions {
  readonly page: string;
  readonly pageSize: string;
}

export const environmentOption = (command: Command): Command =>
  command.option('--environment <name>', 'name or id of the environment', 'test').option('--json', 'for programs');
export const pagingOptions = (command: Command): Command =>
  command.option('--page <number>', 'from 0', '0').option('--page-size <count>', '1 to 100', '20');

export const pageOf = (options: PagingOptions): { pageNumber: number; pageSize: number } => ({
  pageNumber: wholeNumber('--page', options.page, 0, 1_000_000),
  pageSize: wholeNumber('--page-size', options.pageSize, 1, 100),
});

export const wholeNumber = (option: string, text: string, min: number, max: number): number => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new OperatorMistake(`${option} must be a whole number from ${min} to ${max}, not "${text}".`);
};

/** Opens what a command needs of the deployment, runs it, closes everything, and turns failures into a sentence and exit 1. */
export class CommandContext {
  readonly #env: Readonly<Record<string, string | undefined>>;
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  /** A command on the services: their own use cases, on the log in the data folder. */
  run(options: CommonOptions, work: (operator: Operator, output: Output) => Promise<void>): Promise<void> {
    return this.withFiles(options, async (files, output) => {
      const services = await openServices(files, (text) => output.note(text));
      try {
        await work(services.operator, output);
      } finally {
        await services.close();
      }
    });
  }

  /** A command that only reads the log. */
  withLog(options: CommonOptions, work: (log: EventLog, output: Output) => Promise<void>): Promise<void> {
    return this.withFiles(options, async (files, output) => {
      const log = files.openLog();
      try {
        await work(log, output);
      } finally {
        await log.close();
      }
    });
  }

  async withFiles(options: CommonOptions, work: (files: DataFiles, output: Output) => Promise<void>): Promise<void> {
    try {
      await work(DataFiles.find(this.#env), new Output(options.json ?? false));
    } catch (error) {
      process.stderr.write(`${sentenceOf(error)}\n`);
      process.exitCode = 1;
    }
  }
}
