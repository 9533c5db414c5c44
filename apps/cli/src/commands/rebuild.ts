import type { Command } from 'commander';
import type { CommandContext, CommonOptions } from '../command-context.js';
import { rebuildViews } from '../rebuild-views.js';

export const addRebuildCommand = (program: Command, context: CommandContext): void => {
  program.command('rebuild').description('Make the read models anew from the log, beside the old ones, then swap them in').option('--json', 'for programs')
    .action((options: CommonOptions) =>
      context.withFiles(options, (files, output) =>
        files.whileNoServerRuns(async () => {
          const head = await rebuildViews(files, (pos, ofPos) => output.note(`… ${pos} of ${ofPos}`));
          output.one({ result: 'Rebuilt.', head });
        }),
      ),
    );
};
