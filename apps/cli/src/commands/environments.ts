import type { Command } from 'commander';
import { defaultSettings, type EnvironmentSettings } from '@app/domain';
import { OperatorMistake } from '../operator.js';
import { type CommandContext, type CommonOptions, environmentOption, type EnvironmentOptions } from '../command-context.js';

const SETTING_NAMES = Object.keys(defaultSettings(''));

/** `name=value`, the value is read as JSON if it is JSON, otherwise as text: `reinstateKeysOnUnblock=true`, `authUrl=https://auth.example.test`. */
export const parseSetting = (assignment: string): Partial<EnvironmentSettings> => {
  const [name = '', ...rest] = assignment.split('=');
  if (rest.length === 0) throw new OperatorMistake(`"${assignment}" is not name=value.`);
  if (!SETTING_NAMES.includes(name)) throw new OperatorMistake(`There is no setting "${name}". There is: ${SETTING_NAMES.join(', ')}.`);
  const text = rest.join('=');
  try {
    return { [name]: JSON.parse(text) as unknown };
  } catch {
    return { [name]: text };
  }
};

export const addEnvironmentCommands = (program: Command, context: CommandContext): void => {
  const environments = program.command('environments').description('Environments and their settings');
  environments
    .command('list')
    .description('List environments')
    .option('--json', 'for programs')
    .action((options: CommonOptions) =>
      context.run(options, async (operator, output) => {
        const all = await operator.environments();
        output.many(
          all.map(({ environmentId, name, settings }) => ({ environmentId, name, authUrl: settings.authUrl })),
          ['environmentId', 'name', 'authUrl'],
        );
      }),
    );
  environments
    .command('create <name>')
    .description('Create an environment with its own keys, users and organizations')
    .option('--auth-url <url>', 'where its users log in; generated if left out')
    .option('--json', 'for programs')
    .action((name: string, options: CommonOptions & { authUrl?: string }) =>
      context.run(options, async (operator, output) => {
        output.one(await operator.createEnvironment(name, options.authUrl));
      }),
    );
  environmentOption(environments.command('settings').description('Show settings, or change them with --set'))
    .option('--set <name=value...>', 'change a setting; JSON values')
    .action((options: EnvironmentOptions & { set?: string[] }) =>
      context.run(options, async (operator, output) => {
        const changes = Object.assign({}, ...(options.set ?? []).map(parseSetting)) as Partial<EnvironmentSettings>;
        const environment = await operator.environment(options.environment);
        if (options.set === undefined) return output.one({ ...environment.settings });
        const { settings } = await operator.ask('directory.change-settings', { changes }, environment.environmentId);
        output.one({ ...settings });
      }),
    );
  environmentOption(
    environments.command('auth-url [url]').description('Show or change where users log in; earlier tokens stay valid until they expire'),
  ).action((url: string | undefined, options: EnvironmentOptions) =>
    context.run(options, async (operator, output) => {
      const { environmentId, name, settings } = await operator.environment(options.environment);
      const changed = url === undefined ? settings : (await operator.ask('directory.change-settings', { changes: { authUrl: url } }, environmentId)).settings;
      output.one({ environment: name, authUrl: changed.authUrl });
    }),
  );
};
