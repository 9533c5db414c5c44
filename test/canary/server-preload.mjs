// Loaded into a server under test before its own code (NODE_OPTIONS): the product has nothing in it for this.
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.CANARY_WATCH;

/**
 * A snapshot names the line of each function. V8 scans the whole script for each, unless it has counted the script's lines before, and a
 * bundle is one script of megabytes: that takes minutes. A debugger makes it count them.
 */
const countLines = () => {
  const session = new Session();
  session.connect();
  session.post('Debugger.enable');
  session.disconnect();
};

if (isMainThread && folder !== undefined) {
  // By default a snapshot cuts strings off after 1 024 characters.
  setFlagsFromString('--heap-snapshot-string-limit=10000000');
  let taken = 0;
  process.on('SIGUSR2', () => {
    countLines();
    const draft = join(folder, 'draft');
    writeHeapSnapshot(draft);
    taken += 1;
    // Under its name once it is whole.
    renameSync(draft, join(folder, `${taken}.heapsnapshot`));
  });
  writeFileSync(join(folder, 'pid'), String(process.pid));
}
