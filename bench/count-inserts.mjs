// Loaded into a server before its own code (`node --import`): counts the inserts of its log and the commits in them, and writes both
// down when asked by a signal. That is how large group commit's batches were.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { SqliteEventLog } = await import(pathToFileURL(process.env.BENCH_EVENT_LOG).href);
const { insert } = SqliteEventLog.prototype;
let inserts = 0;
let commits = 0;

SqliteEventLog.prototype.insert = async function counted(batch) {
  const stored = await insert.call(this, batch);
  inserts += 1;
  commits += stored;
  return stored;
};

process.on('SIGUSR2', () => {
  const file = join(process.env.DATA_DIR, 'inserts.json');
  writeFileSync(`${file}.new`, JSON.stringify({ inserts, commits }));
  renameSync(`${file}.new`, file);
});
