import type { Command } from 'commander';
import { parseUuid } from '@app/http-api';
import type { UserRecord } from '@app/domain';
import { isoTime } from '../output.js';
import { type CommandContext, environmentOption, type EnvironmentOptions, idOf, pageOf, pagingOptions, type PagingOptions } from '../command-context.js';

const stateOf = (user: UserRecord): string => (user.blocked ? 'blocked' : 'active');
const row = (user: UserRecord) => ({
  userId: user.userId,
  email: user.email,
  username: user.profile.username,
  state: stateOf(user),
  createdAt: isoTime(user.createdAtMs),
});

export const addUserCommands = (program: Command, context: CommandContext): void => {
  const users = program.command('users').description('Users of an environment');
  pagingOptions(environmentOption(users.command('list').description('List users, newest first')))
    .option('--search <text>', 'part of the address or user name')
    .action((options: PagingOptions & { search?: string }) =>
      context.run(options, async (operator, output) => {
        const { environmentId } = await operator.environment(options.environment);
        const query = {
          ...pageOf(options),
          orderBy: 'CREATED_AT_DESC' as const,
          emailOrUsername: options.search ?? null,
          legacyUserId: null,
          orgId: null,
          role: null,
          includeOrgs: false,
        };
        const page = await operator.ask('directory.query-users', query, environmentId);
        output.many(
          page.items.map(({ user }) => row(user)),
          ['userId', 'email', 'username', 'state', 'createdAt'],
          page.total,
        );
      }),
    );
  environmentOption(users.command('show <user>').description('Show one user, by id or address')).action((user: string, options: EnvironmentOptions) =>
    context.run(options, async (operator, output) => {
      const by = user.includes('@') ? { by: 'email' as const, value: user } : { by: 'id' as const, value: idOf('a user', user, parseUuid) };
      const { environmentId } = await operator.environment(options.environment);
      const found = await operator.ask('directory.fetch-user', { ...by, includeOrgs: true }, environmentId);
      const organizations = found.orgs.map((org) => `${org.profile.name} (${found.user.memberships[org.orgId]?.role ?? ''})`);
      output.one({ ...row(found.user), organizations, canCreateOrgs: found.user.canCreateOrgs });
    }),
  );
  for (const [verb, subject, done] of [
    ['block', 'directory.block-user', 'Blocked. The personal keys of this user no longer validate.'],
    ['unblock', 'directory.unblock-user', 'Unblocked.'],
  ] as const) {
    environmentOption(users.command(`${verb} <userId>`).description(`${verb === 'block' ? 'Block' : 'Unblock'} a user`)).action(
      (given: string, options: EnvironmentOptions) =>
        context.run(options, async (operator, output) => {
          const userId = idOf('a user', given, parseUuid);
          const { environmentId } = await operator.environment(options.environment);
          await operator.ask(subject, { userId }, environmentId);
          output.one({ userId, result: done });
        }),
    );
  }
};
