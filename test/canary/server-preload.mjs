// Loaded into a server under test before its own code (NODE_OPTIONS): the product has nothing in it for this.
import { renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.CANARY_WATCH;

if (isMainThread && folder !== undefined) {
  const patches = JSON.parse(process.env.CANARY_PATCHES ?? '[]');
  if (patches.length > 0) register('./patching-loader.mjs', import.meta.url, { data: patches });
  // By default a snapshot cuts strings off after 1 024 characters.
  setFlagsFromString('--heap-snapshot-string-limit=10000000');
  let taken = 0;
  process.on('SIGUSR2', () => {
    const draft = join(folder, 'draft');
    writeHeapSnapshot(draft);
    taken += 1;
    // Under its name once it is whole.
    renameSync(draft, join(folder, `${taken}.heapsnapshot`));
  });
  writeFileSync(join(folder, 'pid'), String(process.pid));
}
