import { createHash, randomInt, randomUUID } from 'node:crypto';
import { type ClaimState, defaultSettings, type EnvironmentState, hostOfOrigin, tags } from '@app/domain';
import { issueBackendKey } from '@app/gateway';
import { type Core, type Caller, newCommandId, type RpcClient } from '@app/platform';

const ENVIRONMENT_NAME = 'test';

export interface FirstStart {
  readonly environmentId: string;
  readonly environmentName: string;
  readonly authUrl: string;
  /** The plaintext of the first backend key; null if an earlier start created and showed it. */
  readonly backendKey: string | null;
}

/** Fixed, so that after a kill between the two commands the next start continues where this one ended. */
const commandIdOf = (step: string): string => createHash('sha256').update(`first-start-${step}`).digest('hex');
const callerFor = (step: string, environmentId: string): Caller => ({
  requestId: `first-start-${newCommandId()}`,
  commandId: commandIdOf(step),
  environmentId,
  actor: 'system',
});

/** Used until an operator sets where users log in: a unique name below localhost. */
export const localAuthUrl = (environmentName: string): string =>
  `https://${String(randomInt(100_000_000)).padStart(8, '0')}.${environmentName}.keyfence.localhost`;

/**
 * Makes the environment `test` and its first backend key in a log that has neither. Asks the log, not the read models: those may
 * have been deleted, and a server with a long log would not start until they are rebuilt.
 */
export const firstStart = async (rpc: RpcClient, states: Core['states']): Promise<FirstStart> => {
  const environmentId = (await environmentOf(states)) ?? (await createEnvironment(rpc));
  const { name, settings } = (await states.load(tags.env(environmentId))).state as EnvironmentState;
  await claimHost(rpc, states, environmentId, settings.authUrl);
  const start = { environmentId, environmentName: name, authUrl: settings.authUrl };
  const earlier = (await states.load(tags.command(commandIdOf('backend-key')))).state;
  if (earlier !== null) return { ...start, backendKey: null };
  const access = { name: 'first', kind: 'full-access', permissions: [] } as const;
  const { backendKey } = await issueBackendKey(rpc, callerFor('backend-key', environmentId), access);
  return { ...start, backendKey };
};

/** For logs from before auth URLs claimed their hosts. */
const claimHost = async (rpc: RpcClient, states: Core['states'], environmentId: string, authUrl: string): Promise<void> => {
  const { holder } = (await states.load(tags.authHost(hostOfOrigin(authUrl)))).state as ClaimState;
  if (holder === null)
    await rpc.call('directory.change-settings', { changes: { authUrl } }, { ...callerFor('host', environmentId), commandId: newCommandId() });
};

const environmentOf = async (states: Core['states']): Promise<string | null> =>
  ((await states.load(tags.environmentName(ENVIRONMENT_NAME))).state as ClaimState).holder;

const createEnvironment = async (rpc: RpcClient): Promise<string> => {
  const environmentId = randomUUID();
  const data = { environmentId, name: ENVIRONMENT_NAME, settings: defaultSettings(localAuthUrl(ENVIRONMENT_NAME)) };
  return (await rpc.call('directory.create-environment', data, callerFor('environment', environmentId))).environmentId;
};
