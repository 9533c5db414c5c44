import type { Command } from 'commander';
import { type BackendKeyAccess, parseAccess, parseKeyId } from '@app/http-api';
import { type CommandContext, environmentOption, type EnvironmentOptions, idOf } from '../command-context.js';
import { OperatorMistake } from '../operator.js';
import { isoTime } from '../output.js';

/** `full-access`, `read-and-validate`, `validation-only`, or permissions separated by commas. */
const accessOf = (text: string): BackendKeyAccess => {
  const parsed = parseAccess(text);
  if (!parsed.ok) throw new OperatorMistake(parsed.problem);
  return parsed.access;
};

export const addBackendKeyCommands = (program: Command, context: CommandContext): void => {
  const backendKeys = program.command('backend-keys').description('Keys for the backend API');
  environmentOption(backendKeys.command('create').description('Create a backend key; it is shown once'))
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--permissions <access>', 'full-access, read-and-validate, validation-only, or a list such as "Read Users,Create Users"')
    .action((options: EnvironmentOptions & { name: string; permissions: string }) =>
      context.run(options, async (operator, output) => {
        const access = { ...accessOf(options.permissions), name: options.name };
        const { environmentId } = await operator.environment(options.environment);
        const { backendKeyId, backendKey } = await operator.issueBackendKey(access, environmentId);
        output.one({ backendKeyId, name: options.name, kind: access.kind, backendKey });
        output.note('It is not shown again.');
      }),
    );
  environmentOption(backendKeys.command('list').description('List backend keys, newest first')).action((options: EnvironmentOptions) =>
    context.run(options, async (operator, output) => {
      const { environmentId } = await operator.environment(options.environment);
      const { backendKeys: found } = await operator.ask('keys.list-backend-keys', {}, environmentId);
      const rows = found.map((key) => ({
        backendKeyId: key.backendKeyId,
        name: key.name,
        kind: key.accessKind,
        permissions: key.permissions.join(', '),
        state: key.revoked ? 'revoked' : 'active',
        createdAt: isoTime(key.createdAtMs),
      }));
      output.many(rows, ['backendKeyId', 'name', 'kind', 'state', 'createdAt']);
    }),
  );
  environmentOption(backendKeys.command('revoke <backendKeyId>').description('Revoke a backend key')).action((given: string, options: EnvironmentOptions) =>
    context.run(options, async (operator, output) => {
      const backendKeyId = idOf('a backend key', given, parseKeyId);
      const { environmentId } = await operator.environment(options.environment);
      await operator.ask('keys.revoke-backend-key', { backendKeyId }, environmentId);
      output.one({ backendKeyId, result: 'Revoked.' });
    }),
  );
};
