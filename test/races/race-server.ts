import { StandaloneServer } from '@test/support/servers/standalone-process.js';
import type { Target } from '@test/support/clients/connected-backend-api.js';
import { racingValidations, seed } from './race-size.js';

/** A standalone server of its own process, in an environment where everything that can end a key does end it. Says first how to do the same again. */
export const startedServer = async (env: Readonly<Record<string, string>> = {}): Promise<StandaloneServer> => {
  process.stderr.write(`Races, again: npm run races -- --seed ${seed} --validations ${racingValidations}\n`);
  const server = await StandaloneServer.started({ env });
  await server.changeSettings({ invalidateOrgApiKeyUponUserRemoval: true });
  return server;
};

export const targetOf = ({ port, backendKey }: StandaloneServer): Target => ({ port, backendKey });
