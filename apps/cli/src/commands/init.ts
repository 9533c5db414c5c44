import type { Command } from 'commander';
import type { CommandContext, CommonOptions } from '../command-context.js';

const FULL_ACCESS = { kind: 'full-access', permissions: [] } as const;

/** What a new deployment needs before its first call. A second run creates nothing and shows no key: a key whose output was lost is never shown again. */
export const addInitCommand = (program: Command, context: CommandContext): void => {
  program
    .command('init')
    .description('Create the first environment and its first backend key, which is shown once; a later run changes nothing')
    .option('--environment <name>', 'its name', 'test')
    .option('--auth-url <url>', 'where its users log in')
    .option('--json', 'for programs')
    .action((options: CommonOptions & { environment: string; authUrl?: string }) =>
      context.run(options, async (operator, output) => {
        const [known] = await operator.environments();
        if (known === undefined) await operator.createEnvironment(options.environment, options.authUrl);
        const { environmentId, name, settings } = known ?? (await operator.environment(options.environment));
        const { backendKeys } = await operator.ask('keys.list-backend-keys', {}, environmentId);
        const made = backendKeys.length > 0 ? null : await operator.issueBackendKey({ name: 'first', ...FULL_ACCESS }, environmentId);
        output.one({ environment: name, authUrl: settings.authUrl, backendKey: made?.backendKey ?? null });
      }),
    );
};
