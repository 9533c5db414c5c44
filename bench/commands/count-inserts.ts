// Loaded into a server before its own code (`node --import`): counts the inserts of its log and the commits in them, and writes both
// down when a signal asks. That is how large group commit's batches were. It watches the SQLite driver, which the server shares with it;
// the server's own code is one bundle that nothing reaches into.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

/** One such statement for each commit, and one transaction for each insert. */
const COMMIT_STATEMENT = 'INSERT INTO commits ';

type Driver = Database.Database;
type Prepare = (this: Driver, sql: string) => Database.Statement;
type Exec = (this: Driver, sql: string) => Driver;

const prepare = Reflect.get(Database.prototype, 'prepare') as Prepare;
const exec = Reflect.get(Database.prototype, 'exec') as Exec;
const logs = new WeakSet<Driver>();
let inserts = 0;
let commits = 0;

const prepareCounted: Prepare = function prepareCounted(sql) {
  const statement = prepare.call(this, sql);
  if (!sql.startsWith(COMMIT_STATEMENT)) return statement;
  logs.add(this);
  const run = statement.run.bind(statement) as (...values: readonly unknown[]) => Database.RunResult;
  return Object.assign(statement, {
    run: (...values: readonly unknown[]) => {
      const result = run(...values);
      commits += result.changes;
      return result;
    },
  });
};

const execCounted: Exec = function execCounted(sql) {
  const result = exec.call(this, sql);
  if (sql === 'COMMIT' && logs.has(this)) inserts += 1;
  return result;
};

Object.assign(Database.prototype, { prepare: prepareCounted, exec: execCounted });

process.on('SIGUSR2', () => {
  const file = join(process.env['DATA_DIR'] ?? '', 'inserts.json');
  writeFileSync(`${file}.new`, JSON.stringify({ inserts, commits }));
  renameSync(`${file}.new`, file);
});
