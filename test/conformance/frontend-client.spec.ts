import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StackServer } from '../e2e/stack-server.js';
import { testedModes } from '../e2e/tested-modes.js';
import type { TestedServer } from '../e2e/tested-server.js';
import { frontendKeyCases } from './frontend-key-cases.js';
import { frontendLoginCases } from './frontend-login-cases.js';
import { FrontendStage, VISITORS } from './frontend-stage.js';

describe.each(testedModes)('the unmodified @propelauth/frontend-apis, $name', ({ start }) => {
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

  it('a service that is away reaches unexpectedOrUnhandled', async ({ skip }) => {
    if (!(server instanceof StackServer)) return skip();
    at().as(at().owner);
    const keys = server.stack.replica('keys-1');
    await keys.stop();
    try {
      expect(await at().visitAll()).toEqual(new Set(['unexpectedOrUnhandled']));
    } finally {
      await keys.start();
    }
  });

  it('every way that the client documents was taken', () => {
    const taken = Object.fromEntries([...at().seen].map(([name, visitors]) => [name, [...visitors].toSorted()]));
    expect(taken).toEqual(Object.fromEntries(Object.entries(VISITORS).map(([name, visitors]) => [name, [...visitors].toSorted()])));
  });
});
