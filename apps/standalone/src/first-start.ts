import { createHash, randomInt, randomUUID } from 'node:crypto';
import { type Caller, newCommandId, type RpcClient } from '@app/platform';
import { defaultSettings, type EnvironmentRecord } from '@app/domain';
import { issueBackendKey } from '@app/gateway';

export interface FirstStart {
  readonly environment: EnvironmentRecord;
  /** The plaintext of the first backend key; null when it was made, and shown, by an earlier start. */
  readonly backendKey: string | null;
}

const callerFor = (step: string, environmentId: string): Caller => ({
  requestId: `first-start-${newCommandId()}`,
  // Fixed, so that a kill between the two commands makes the next start go on where this one ended.
  commandId: createHash('sha256').update(`first-start-${step}`).digest('hex'),
  environmentId,
  actor: 'system',
});

/** Makes the environment `test` and its first backend key in a log that has no environment yet. */
export const firstStart = async (rpc: RpcClient): Promise<FirstStart> => {
  const { environments } = await rpc.call('directory.list-environments', {}, callerFor('list', ''));
  const [oldest] = environments;
  const environment = oldest ?? (await createTestEnvironment(rpc));
  const { backendKeys } = await rpc.call('keys.list-backend-keys', {}, callerFor('list', environment.environmentId));
  if (backendKeys.length > 0) return { environment, backendKey: null };
  const issued = await issueBackendKey(rpc, callerFor('backend-key', environment.environmentId), { name: 'first', kind: 'full-access', permissions: [] });
  return { environment, backendKey: issued.backendKey };
};

const createTestEnvironment = async (rpc: RpcClient): Promise<EnvironmentRecord> => {
  const host = `${String(randomInt(100_000_000)).padStart(8, '0')}.test.keyfence.localhost`;
  const environmentId = randomUUID();
  const data = { environmentId, name: 'test', settings: defaultSettings(`https://${host}`) };
  await rpc.call('directory.create-environment', data, callerFor('environment', environmentId));
  const { environments } = await rpc.call('directory.list-environments', {}, callerFor('list', ''));
  const [created] = environments;
  if (created === undefined) throw new Error('The environment was made, but is not listed.');
  return created;
};
