import type { Command } from 'commander';
import { parseKeyId, parseUuid } from '@app/http-api';
import { type KeyView, LIST_KEYS_DEFAULTS } from '@app/messages';
import { isoTime } from '../output.js';
import { type CommandContext, environmentOption, type EnvironmentOptions, idOf, pageOf, pagingOptions, type PagingOptions } from '../command-context.js';

const kindOf = ({ key }: KeyView): string => {
  if (key.orgId !== null) return key.userId === null ? 'organization' : 'organization + user';
  return key.userId === null ? 'generic' : 'personal';
};
const row = (view: KeyView) => ({
  keyId: view.key.keyId,
  kind: kindOf(view),
  name: view.key.displayName,
  userId: view.key.userId,
  orgId: view.key.orgId,
  state: view.archived ? 'archived' : 'current',
  createdAt: isoTime(view.key.createdAtMs),
  expiresAt: isoTime(view.key.expiresAtMs),
  endedAt: isoTime(view.endedAtMs),
  lastUsedAt: isoTime(view.lastUsedAtMs),
});

export const addKeyCommands = (program: Command, context: CommandContext): void => {
  const keys = program.command('keys').description('API keys of an environment');
  pagingOptions(environmentOption(keys.command('list').description('List keys, newest first')))
    .option('--archived', 'ended keys instead of current ones')
    .option('--user <userId>', 'only keys of this user')
    .option('--org <orgId>', 'only keys of this organization')
    .action((options: PagingOptions & { archived?: boolean; user?: string; org?: string }) =>
      context.run(options, async (operator, output) => {
        const userId = options.user === undefined ? null : idOf('a user', options.user, parseUuid);
        const orgId = options.org === undefined ? null : idOf('an organization', options.org, parseUuid);
        const { environmentId } = await operator.environment(options.environment);
        const life = options.archived === true ? 'archived' : 'active';
        const query = { ...LIST_KEYS_DEFAULTS, ...pageOf(options), life, userId, orgId } as const;
        const page = await operator.ask('keys.list-keys', query, environmentId);
        output.many(page.items.map(row), ['keyId', 'kind', 'name', 'state', 'createdAt', 'expiresAt', 'lastUsedAt'], page.total);
      }),
    );
  environmentOption(keys.command('show <keyId>').description('Show one key, ended ones included')).action((given: string, options: EnvironmentOptions) =>
    context.run(options, async (operator, output) => {
      const keyId = idOf('an API key', given, parseKeyId);
      const { environmentId } = await operator.environment(options.environment);
      const view = await operator.ask('keys.fetch-key', { keyId }, environmentId);
      output.one({ ...row(view), metadata: view.key.metadata });
    }),
  );
  environmentOption(keys.command('revoke <keyId>').description('Revoke a key')).action((given: string, options: EnvironmentOptions) =>
    context.run(options, async (operator, output) => {
      const keyId = idOf('an API key', given, parseKeyId);
      const { environmentId } = await operator.environment(options.environment);
      await operator.ask('keys.revoke-key', { keyId }, environmentId);
      output.one({ keyId, result: 'Revoked.' });
    }),
  );
};
