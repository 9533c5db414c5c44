import type { Command } from 'commander';
import type { EventLog } from '@app/ports';
import { DataFiles } from './data-files.js';
import type { Deployment } from './deployment.js';
import { filesDeployment } from './files-deployment.js';
import { type Operator, OperatorMistake, sentenceOf } from './operator.js';
import { Output } from './output.js';
import { serversDeployment } from './servers-deployment.js';

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
export const pagingOptions = (command: Command): Command => command.option('--page <number>', 'from 0', '0').option('--page-size <count>', '1 to 100', '20');

export const pageOf = (options: PagingOptions): { pageNumber: number; pageSize: number } => ({
  pageNumber: wholeNumber('--page', options.page, 0, 1_000_000),
  pageSize: wholeNumber('--page-size', options.pageSize, 1, 100),
});

/** The id as it is stored. Anything else is rejected here, so that a key pasted by mistake never leaves this process. */
export const idOf = (what: string, text: string, parse: (text: string) => string | null): string => {
  const id = parse(text);
  if (id === null) throw new OperatorMistake(`That is not the id of ${what}.`);
  return id;
};

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

  /** A command on the services: their own use cases, on the log in the data folder or over NATS. */
  run(options: CommonOptions, work: (operator: Operator, output: Output) => Promise<void>): Promise<void> {
    return this.withDeployment(options, async (deployment, output) => {
      const services = await deployment.openServices((text) => output.note(text));
      try {
        await work(services.operator, output);
      } finally {
        await services.close();
      }
    });
  }

  /** A command that only reads the log. */
  withLog(options: CommonOptions, work: (log: EventLog, output: Output) => Promise<void>): Promise<void> {
    return this.withDeployment(options, async (deployment, output) => {
      const log = await deployment.openLog();
      try {
        await work(log, output);
      } finally {
        await log.close();
      }
    });
  }

  async withDeployment(options: CommonOptions, work: (deployment: Deployment, output: Output) => Promise<void>): Promise<void> {
    return this.reporting(async () => work(this.#deployment(), new Output(options.json ?? false)));
  }

  /** A command that needs no deployment. */
  async reporting(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      process.stderr.write(`${sentenceOf(error)}\n`);
      process.exitCode = 1;
    }
  }

  /** Services are reached over NATS, or there is one process with a data folder. */
  #deployment(): Deployment {
    const { NATS_URL: natsUrl, MONGODB_URL: mongodbUrl } = this.#env;
    const hasServers = (natsUrl ?? '') !== '' || (mongodbUrl ?? '') !== '';
    return hasServers ? serversDeployment(this.#env) : filesDeployment(DataFiles.find(this.#env));
  }
}
