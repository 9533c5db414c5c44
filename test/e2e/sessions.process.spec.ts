import { afterAll, beforeAll, describe } from 'vitest';
import { loginCases } from './login-cases.js';
import { sessionCases } from './session-cases.js';
import { SessionStage } from './session-stage.js';
import { StackServer } from '@test/support/servers/stack-server.js';
import { ownModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';

// What one instance did must hold on the next.
const startOf = ({ name, start }: (typeof ownModes)[number]): (() => Promise<TestedServer>) =>
  name === 'four services' ? () => StackServer.started({ replicas: { gateway: 2 } }) : start;

describe.each(ownModes)('$name', (mode) => {
  let opened: SessionStage | undefined;
  const stage = (): SessionStage => {
    if (opened === undefined) throw new Error('The server is not started.');
    return opened;
  };
  beforeAll(async () => {
    opened = new SessionStage(await startOf(mode)());
  }, 120_000);
  afterAll(() => opened?.server.remove());

  describe('sessions', () => sessionCases(stage));
  describe('logins', () => loginCases(stage));
});
