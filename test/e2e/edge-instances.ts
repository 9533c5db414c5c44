import { StackServer } from '@test/support/servers/stack-server.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { modesOfRun } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

/** As `testedModes`, with two gateways where there can be two: for what must hold on every instance at once. */
export const instanceModes = modesOfRun([
  { name: 'one process', start: (): Promise<TestedServer> => StandaloneServer.started() },
  { name: 'four services, two gateways', start: (): Promise<TestedServer> => StackServer.started({ replicas: { gateway: 2 } }) },
]);

/** The address of each process that answers for environments by their host. */
export const instancesOf = (server: TestedServer): readonly string[] =>
  server instanceof StackServer ? server.stack.replicasOf('gateway').flatMap(({ origin }) => origin ?? []) : [server.origin];
