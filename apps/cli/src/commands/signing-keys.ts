import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { parseUuid } from '@app/http-api';
import type { SigningKeyRecord } from '@app/domain';
import { type CommandContext, environmentOption, type EnvironmentOptions, idOf } from '../command-context.js';
import { isoTime } from '../output.js';

const stateOf = ({ activatedAtMs, retiredAtMs }: SigningKeyRecord): string => {
  if (activatedAtMs === null) return 'published';
  return retiredAtMs === null ? 'active' : 'retired';
};

interface ChangeOfKey {
  readonly name: 'activate' | 'revoke';
  readonly description: string;
  /** The state of the key afterwards. */
  readonly state: string;
  readonly note: string;
}

/** Rotation in two steps, because official clients fetch the public key once per process: publish, let every client fetch it, activate. A key that leaked is revoked then. */
export const addSigningKeyCommands = (program: Command, context: CommandContext): void => {
  const keys = program.command('signing-keys').description('Keys that sign access tokens');
  const addChange = ({ name, description, state, note }: ChangeOfKey): void => {
    environmentOption(keys.command(`${name} <keyId>`).description(description)).action((text: string, options: EnvironmentOptions) =>
      context.run(options, async (operator, output) => {
        const keyId = idOf('a signing key', text, parseUuid);
        const { environmentId } = await operator.environment(options.environment);
        await operator.ask(`directory.${name}-signing-key`, { keyId }, environmentId);
        output.one({ keyId, state });
        output.note(note);
      }),
    );
  };
  environmentOption(keys.command('list').description('List signing keys, oldest first')).action((options: EnvironmentOptions) =>
    context.run(options, async (operator, output) => {
      const { signingKeys } = await operator.environment(options.environment);
      const rows = signingKeys.map((key) => ({
        keyId: key.keyId,
        state: stateOf(key),
        activatedAt: isoTime(key.activatedAtMs),
        retiredAt: isoTime(key.retiredAtMs),
      }));
      output.many(rows, ['keyId', 'state', 'activatedAt', 'retiredAt']);
    }),
  );
  environmentOption(keys.command('publish').description('Create another key and publish it; nothing is signed with it yet')).action(
    (options: EnvironmentOptions) =>
      context.run(options, async (operator, output) => {
        const { environmentId } = await operator.environment(options.environment);
        const { keyId, publicKeyPem } = await operator.ask('directory.publish-signing-key', { keyId: randomUUID() }, environmentId);
        output.one(options.json === true ? { keyId, publicKeyPem } : { keyId, state: 'published' });
        output.note(`Give it to every client that stores the public key, then activate it.\n${publicKeyPem}`);
      }),
  );
  addChange({
    name: 'activate',
    description: 'Sign with a published key from now on; the previous one still verifies tokens',
    state: 'active',
    note: 'Processes that fetched the public key at their start must start again.',
  });
  addChange({
    name: 'revoke',
    description: 'End every access token that was signed with a retired key, at once; for one that may have leaked',
    state: 'revoked',
    note: 'Clients that check access tokens by themselves with this key must start again, and caches of the JWK set must fetch it again.',
  });
};
