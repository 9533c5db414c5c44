import { checkLogFiles } from './check-log-files.js';
import type { DataFiles } from './data-files.js';
import type { Deployment } from './deployment.js';
import { openServices } from './open-services.js';
import { rebuildViews } from './rebuild-views.js';

/** The data folder of a standalone server, beside it or alone. */
export const filesDeployment = (files: DataFiles): Deployment => ({
  openServices: (note) => openServices(files, note),
  openLog: () => Promise.resolve(files.openLog()),
  checkLog: (onProgress) => checkLogFiles(files.dataDir, { onProgress }),
  readLeaseMs: () => files.readLeaseMs(),
  changeLease: (leaseMs) => files.whileNoServerRuns(() => files.changeLease(leaseMs)),
  rebuild: (onProgress) => files.whileNoServerRuns(async () => ({ result: 'Rebuilt.', head: await rebuildViews(files, onProgress) })),
});
