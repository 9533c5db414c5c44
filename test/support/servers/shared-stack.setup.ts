import type { TestProject } from 'vitest/node';
import { mongoCapabilities, neededServer, startStack } from '@tools/stack';
import { STACK_SETTINGS } from './stack-server.js';
import type {} from './environment-server.js';

/**
 * Starts one stack for the suites of a project where `SHARED_STACK` asks for it, as the tiers with servers do. A server without indexes reads the
 * whole log for each tag, so that many short logs are faster there than one long log: then each suite starts a stack of its own.
 */
export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  if (process.env['SHARED_STACK'] !== '1' || !mongoCapabilities(neededServer('mongo')).usesIndexes) {
    project.provide('sharedStack', null);
    return undefined;
  }
  const stack = await startStack({ env: STACK_SETTINGS });
  await stack.init();
  project.provide('sharedStack', { origin: stack.edgeOrigin, cliEnvironment: await stack.cliEnvironment() });
  return () => stack.stop();
};
