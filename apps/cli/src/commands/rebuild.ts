import type { Command } from 'commander';
import type { CommandContext, CommonOptions } from '../command-context.js';

export const addRebuildCommand = (program: Command, context: CommandContext): void => {
  program
    .command('rebuild')
    .description('Rebuild the read models from the log next to the old ones, then swap them in')
    .option('--json', 'for programs')
    .action((options: CommonOptions) =>
      context.withDeployment(options, async (deployment, output) => {
        output.one(await deployment.rebuild((pos, ofPos) => output.note(`… ${pos} of ${ofPos}`)));
      }),
    );
};
