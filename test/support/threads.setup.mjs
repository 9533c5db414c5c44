// Builds the threads of the apps once for a run: suites run the product from its sources, and Node 20 cannot run TypeScript on a thread.
import { bundleThreads } from '../../scripts/bundle-apps.mjs';
import { THREADS } from '../../scripts/apps.mjs';
import { join } from 'node:path';

export default async () => {
  await bundleThreads(THREADS, join(import.meta.dirname, '../../node_modules/.cache/keyfence-threads'));
};
