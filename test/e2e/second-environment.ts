import { randomUUID } from 'node:crypto';
import { DataFiles } from '../../apps/cli/src/data-files.js';
import { openServices } from '../../apps/cli/src/open-services.js';
import { BackendApi } from './backend-api.js';
import type { StandaloneServer } from './standalone-process.js';

/** An environment beside `test`, made by the services' own command (no endpoint makes one), and a full-access key of it. */
export const secondEnvironment = async (server: StandaloneServer): Promise<BackendApi> => {
  const services = await openServices(DataFiles.find({ DATA_DIR: server.dataDir }), () => undefined);
  try {
    const { operator } = services;
    const environmentId = randomUUID();
    const settings = { ...(await operator.environment('test')).settings, authUrl: 'https://second.example.test' };
    await operator.ask('directory.create-environment', { environmentId, name: 'second', settings }, environmentId);
    const { backendKey } = await operator.issueBackendKey({ name: 'second', kind: 'full-access', permissions: [] }, environmentId);
    return new BackendApi(server.origin, backendKey);
  } finally {
    await services.close();
  }
};
