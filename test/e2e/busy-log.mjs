// Loaded into a server by NODE_OPTIONS. While the data folder has a file `busy`, the log takes no commits; reading goes on. What a lock
// held by another process would do, without its waits, in which a server serves no caller.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

const busy = join(process.env.DATA_DIR ?? '', 'busy');
const exec = Reflect.get(Database.prototype, 'exec');
Reflect.set(Database.prototype, 'exec', function busyExec(sql) {
  if (sql === 'BEGIN IMMEDIATE' && existsSync(busy)) throw new Error('The log is busy.');
  return Reflect.apply(exec, this, [sql]);
});
