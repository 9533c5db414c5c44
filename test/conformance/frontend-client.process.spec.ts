import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StackServer } from '@test/support/servers/stack-server.js';
import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import { ownModes } from '@test/support/servers/tested-modes.js';
import type { TestedServer } from '@test/support/servers/tested-server.js';
import { frontendKeyCases } from './frontend-key-cases.js';
import { frontendLoginCases } from './frontend-login-cases.js';
import { FrontendStage, HANDLERS } from './frontend-stage.js';

/** Takes away what the calls need, in the way that each mode can lose it. Returns the way back. */
const breakOff = async (server: TestedServer): Promise<() => Promise<void>> => {
  if (server instanceof StackServer) {
    const keys = server.stack.replica('keys-1');
    await keys.stop();
    return () => keys.start();
  }
  if (!(server instanceof StandaloneServer)) throw new Error('There is a mode that this suite does not know.');
  await server.end('SIGTERM');
  return () => server.start();
};

describe.each(ownModes)('the unmodified @propelauth/frontend-apis, $name', ({ start }) => {
  let server: TestedServer | undefined;
  let stage: FrontendStage | undefined;
  const at = (): FrontendStage => {
    if (stage === undefined) throw new Error('The stage is not open.');
    return stage;
  };
  beforeAll(async () => {
    server = await start();
    stage = await FrontendStage.open(server);
  }, 120_000);
  afterAll(async () => {
    stage?.close();
    await server?.remove();
  });

  describe('keys', () => frontendKeyCases(at));
  describe('logins', () => frontendLoginCases(at));

  it('what cannot be decided now reaches unexpectedOrUnhandled', async () => {
    at().as(at().owner);
    const back = await breakOff(at().server);
    try {
      expect(await at().visitAll()).toEqual(new Set(['unexpectedOrUnhandled']));
    } finally {
      await back();
    }
  });

  it('every way that the client documents was taken', () => {
    const taken = Object.fromEntries([...at().seen].map(([name, handlers]) => [name, [...handlers].toSorted()]));
    expect(taken).toEqual(Object.fromEntries(Object.entries(HANDLERS).map(([name, handlers]) => [name, [...handlers].toSorted()])));
  });
});
