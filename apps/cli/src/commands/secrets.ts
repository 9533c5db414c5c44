import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createServiceSecrets, SECRETS_OF_SERVICE } from '@app/secrets';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { Output } from '../output.js';

export const addSecretsCommand = (program: Command, context: CommandContext): void => {
  const secrets = program.command('secrets').description('The secrets of a deployment of several services');
  secrets
    .command('create <folder>')
    .description('Create a folder for each service with its secrets; existing secrets are kept')
    .option('--json', 'for programs')
    .action((folder: string, options: CommonOptions) =>
      context.reporting(() => {
        createServiceSecrets(resolve(folder));
        new Output(options.json ?? false).many(
          Object.entries(SECRETS_OF_SERVICE).map(([service, files]) => ({ service, files: files.join(', ') })),
          ['service', 'files'],
        );
        return Promise.resolve();
      }),
    );
};
