import type { Command } from 'commander';
import { type CommandContext, type CommonOptions, wholeNumber } from '../command-context.js';

export const addFenceCommands = (program: Command, context: CommandContext): void => {
  const fence = program.command('fence').description('The promise that revoked means revoked');
  fence
    .command('lease')
    .description('Show or change how long a node may answer from memory without a renewal')
    .option('--ms <number>', '1000 to 60000; every server must be stopped')
    .option('--json', 'for programs')
    .action((options: CommonOptions & { ms?: string }) =>
      context.withDeployment(options, async (deployment, output) => {
        if (options.ms === undefined) return output.one({ leaseMs: await deployment.readLeaseMs() });
        const leaseMs = wholeNumber('--ms', options.ms, 1_000, 60_000);
        await deployment.changeLease(leaseMs);
        output.one({ leaseMs });
      }),
    );
};
